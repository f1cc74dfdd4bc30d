// SPDX-License-Identifier: Apache-2.0
#include "common/node/audit.h"
#include "common/schema/kinds.h"
#include <errno.h>
#include <sodium.h>
#include <stdio.h>
#include <unistd.h>

enum { HEADER = sizeof AUDIT_HEADER - 1, LENGTH = 4 };
_Static_assert(AUDIT_HASH >= crypto_generichash_BYTES_MIN && AUDIT_HASH <= crypto_generichash_BYTES_MAX,
               "BLAKE2b makes such hashes");

void audit_begin(const path_t *node, uint32_t service, audit_head_t *ret_head)
{
    crypto_generichash_state state;
    uint8_t number[4];
    *ret_head = (audit_head_t){.bytes = HEADER};
    be32_store(number, service);
    crypto_generichash_init(&state, NULL, 0, AUDIT_HASH);
    crypto_generichash_update(&state, (const uint8_t *)AUDIT_HEADER, HEADER);
    crypto_generichash_update(&state, number, sizeof number);
    crypto_generichash_update(&state, node->b, node->len);
    crypto_generichash_final(&state, ret_head->hash, AUDIT_HASH);
}

void audit_chain(audit_head_t *head, slice_t body, uint8_t *ret_frame)
{
    crypto_generichash_state state;
    uint8_t length[LENGTH];
    be32_store(length, (uint32_t)body.size);
    crypto_generichash_init(&state, NULL, 0, AUDIT_HASH);
    crypto_generichash_update(&state, head->hash, AUDIT_HASH);
    crypto_generichash_update(&state, length, LENGTH);
    crypto_generichash_update(&state, body.data, body.size);
    crypto_generichash_final(&state, head->hash, AUDIT_HASH);
    head->seq++;
    head->bytes += body.size + AUDIT_FRAME;
    if (ret_frame == NULL) return;
    memcpy(ret_frame, length, LENGTH);
    memcpy(ret_frame + LENGTH, body.data, body.size);
    memcpy(ret_frame + LENGTH + body.size, head->hash, AUDIT_HASH);
}

const char *audit_path(uint32_t service, char buf[static AUDIT_PATH])
{
    snprintf(buf, AUDIT_PATH, AUDIT_DIR "/%s.log", service_name(service));
    return buf;
}

// --- reading -------------------------------------------------------------------------------------

// How many of the bytes are there, or -errno.
static ssize_t read_at(int fd, uint64_t at, uint8_t *ret, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t n = pread(fd, ret + done, size - done, (off_t)(at + done));
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return -errno;
        if (n == 0) break;
        done += (size_t)n;
    }
    return (ssize_t)done;
}

static int check_header(int fd)
{
    uint8_t header[HEADER];
    ssize_t n = read_at(fd, 0, header, sizeof header);
    if (n < 0) return (int)n;
    return n == HEADER && memcmp(header, AUDIT_HEADER, HEADER) == 0 ? 0 : AUDIT_E_BROKEN;
}

// The next entry into body; *ret_size 0: this is the end.
static int read_entry(int fd, audit_head_t *head, uint8_t body[static AUDIT_ENTRY_MAX + AUDIT_HASH],
                      size_t *ret_size)
{
    uint8_t length[LENGTH];
    audit_head_t next = *head;
    *ret_size = 0;
    ssize_t n = read_at(fd, head->bytes, length, LENGTH);
    if (n <= 0) return (int)n;
    uint32_t size = n == LENGTH ? be32_load(length) : 0;
    if (size == 0 || size > AUDIT_ENTRY_MAX) return AUDIT_E_BROKEN;
    n = read_at(fd, head->bytes + LENGTH, body, size + AUDIT_HASH);
    if (n < 0) return (int)n;
    if ((size_t)n < size + AUDIT_HASH) return AUDIT_E_BROKEN;
    audit_chain(&next, slice(body, size), NULL);
    if (memcmp(next.hash, body + size, AUDIT_HASH) != 0) return AUDIT_E_BROKEN;
    *head = next;
    *ret_size = size;
    return 0;
}

int audit_read(int fd, audit_head_t *head, audit_take_t *take, void *arg)
{
    uint8_t body[AUDIT_ENTRY_MAX + AUDIT_HASH];
    int rc = check_header(fd);
    while (rc == 0) {
        size_t size;
        rc = read_entry(fd, head, body, &size);
        if (rc != 0 || size == 0) break;
        rc = take(arg, head, slice(body, size));
    }
    return rc;
}

// --- words ---------------------------------------------------------------------------------------

typedef struct audit_word {
    const char *code;
    bilingual_t label;
} audit_word_t;

static const audit_word_t WORDS[] = {
    {"log-in", {"logged in", "вход"}},
    {"log-in-refused", {"log-in refused", "отказ во входе"}},
    {"password", {"chose a password", "задан пароль"}},
    {"recovery", {"logged in by the code on paper", "вход по коду на бумаге"}},
    {"first-account", {"first account of the node", "первая учётная запись узла"}},
    {"account", {"account", "учётная запись"}},
    {"refused", {"request refused", "отказ в доступе"}},
    {"change", {"wrote", "запись"}},
    {"delete", {"deleted", "удаление"}},
    {"read", {"read names", "чтение персональных данных"}},
    {"export", {"took out", "выгрузка"}},
    {"quarantine", {"decided about the quarantine", "решение о карантине"}},
    {"invite", {"invited a node", "приглашение узла"}},
    {"join", {"a node joined", "присоединение узла"}},
    {"revoke", {"revoked a node", "отзыв узла"}},
    {"admit", {"knew a node again", "узел принят снова"}},
    {"key", {"asked for a new key of pseudonyms", "новый ключ псевдонимов"}},
};

// Why something was refused, said to who reads the log: the fault's own sentence speaks to who was refused,
// and its arguments are not kept.
static const audit_word_t REASONS[] = {
    {"LOGIN-WRONG", {"wrong name, password or code", "неверное имя, пароль или код"}},
    {"LOGIN-LOCKED", {"the account is locked", "учётная запись закрыта"}},
    {"FIRST-CODE", {"wrong code of the first start", "неверный код первого запуска"}},
    {"PASSWORD-ONE-TIME", {"a password of one's own was not yet chosen", "ещё не задан свой пароль"}},
    {"PASSWORD-SHORT", {"the new password is too short", "новый пароль слишком короткий"}},
    {"PASSWORD-SAME", {"the new password is the old one", "новый пароль совпадает с прежним"}},
    {"ACCOUNT-CLOSED", {"the account is not open here", "учётная запись здесь не открыта"}},
    {"ACCESS-DENIED", {"the role does not allow it", "роль этого не позволяет"}},
    {"ACCESS-SCOPE", {"another organisation's", "относится к чужой организации"}},
    {"UNKNOWN-KIND", {"of a kind that is not known", "неизвестный вид записей"}},
    {"MALFORMED", {"a malformed request", "запрос неверного вида"}},
};

static const char *words_of(const audit_word_t *words, size_t n, const char *code, lang_t lang)
{
    for (size_t i = 0; i < n; i++)
        if (strcmp(words[i].code, code) == 0) return bilingual_in(&words[i].label, lang);
    return code;
}

const char *audit_words(const char *what, lang_t lang)
{
    return words_of(WORDS, ARRAY_SIZE(WORDS), what, lang);
}

const char *audit_reason(const char *code, lang_t lang)
{
    return words_of(REASONS, ARRAY_SIZE(REASONS), code, lang);
}
