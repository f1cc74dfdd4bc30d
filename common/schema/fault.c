// SPDX-License-Identifier: Apache-2.0
// See fault.h. The table below is the list of all codes; a test checks that every code used in the rows of
// kinds is there.
#include "common/schema/fault.h"
#include "common/base/i18n.h"
#include "common/base/text.h"
#include <stdio.h>

typedef struct row {
    const char *code;
    const char *text; // msgid; {field} and {1} to {4} stand for the field and the arguments
} row_t;

// What is wrong, then what to do.
static const row_t table[] = {
    // values
    {"REQUIRED", N_("{field} is missing. Give a value.")},
    {"EMPTY", N_("{field} is given but empty. Clear it instead.")},
    {"BAD-DATE", N_("{field}: `{1}` is not a date. Write it as YYYY-MM-DD, e.g. 2024-09-01.")},
    {"BAD-NUMBER", N_("{field}: `{1}` is not a number of the right form. Write a whole number, or at most "
                      "two decimals where parts are allowed.")},
    {"BAD-VALUE", N_("{field}: `{1}` is not allowed here. Use: {2}.")},
    {"BAD-BOOL", N_("{field}: `{1}` is neither yes nor no. Write yes or no.")},
    {"BAD-TYPE", N_("{field}: this JSON value is of the wrong type. Write it like {1}.")},
    {"BAD-HEX", N_("{field}: `{1}` is not an even number of hexadecimal digits. Copy it again.")},
    {"BAD-DIGITS", N_("{field}: `{1}` does not have exactly {2} digits. Check the number.")},
    {"BAD-TEXT",
     N_("{field} holds control characters or is not UTF-8. Remove line breaks and save the file as UTF-8.")},
    {"BAD-CODE", N_("{field} must not contain `:` or `;`. Choose another code.")},
    {"BAD-REF", N_("{field}: `{1}` does not name a record of kind {2}. People are written ORG:NUMBER, others "
                   "by their code.")},
    {"TOO-LONG", N_("{field} is longer than {1} bytes. Shorten it.")},
    {"TOO-BIG", N_("The record is larger than {1} bytes. Shorten its texts.")},
    {"RANGE", N_("{field}: {1} is out of range. It must be from {2} to {3}.")},
    {"DATES-ORDER", N_("{field} lies before the beginning. Correct one of the two dates.")},
    {"SELF-REF", N_("{field} names the record or the person itself. Name another one.")},
    {"BANDS-ORDER", N_("{field} must be below the threshold before it. Order the thresholds.")},
    {"SCORE-ABOVE-MAX", N_("The score is above the maximum. Correct one of the two.")},
    {"DOCUMENT-NEEDED", N_("A finished programme needs the number of its document. Fill in {field}.")},
    {"NOT-CONFIRMED", N_("A route comes into force only when a person has agreed. Fill in {field}.")},
    {"NOT-CLOSED", N_("A closed route needs an outcome and a day. Fill in {field}.")},
    {"DERIVED-FIELD", N_("{field} is computed and cannot be given. Leave it out.")},
    {"UNKNOWN-FIELD", N_("There is no field `{1}` here. `selenga kinds KIND` lists the fields.")},
    {"UNKNOWN-KIND", N_("There is no kind `{1}` here. `selenga kinds` lists them.")},
    {"MALFORMED", N_("The data is damaged or made by a faulty program. Send it again; if that does not help, "
                     "tell the operator.")},
    // references and rights
    {"REF-UNKNOWN", N_("{field}: `{1}` is not there. Enter it first.")},
    {"REFUSED", N_("The receiver does not take this record. Its operator knows why.")},
    {"CLONE",
     N_("Two computers run with the directory of one node: the first goes on, the other is turned away. Stop "
        "the one that should not be, for good. If nobody knows of it, the directory was stolen: `selenga "
        "node "
        "revoke`, then invite the node anew with --replace.")},
    {"SEAL",
     N_("It is said to be this node's own, which cannot be checked since the seal key was lost. Take it with "
        "`selenga quarantine take`, or discard it.")},
    {"FORGED", N_("It is said to be this node's own, and does not bear its seal: this node never wrote it. "
                  "Discard it.")},
    {"TAKE-WHICH", N_("Neighbours say different things of this record. Say whose is to hold: `selenga "
                      "quarantine take ID --from PEER`.")},
    {"KEY-TAKEN", N_("Another record already has this key. Change that one, or choose another key.")},
    {"NOT-WAITING",
     N_("Under this id nothing waits that this could be done to. What is refused is tried again or "
        "discarded, a version kept aside taken or discarded: `selenga quarantine list` tells which it is.")},
    {"IN-USE", N_("Other records still refer to it, e.g. of kind {1}. Delete those first.")},
    {"NOT-FOUND", N_("There is no such record: {1}. Check the key.")},
    {"STRAY",
     N_("Record {1} was changed on both sides while a store was put back; this version is kept beside the "
        "present one. The record's own node takes it (`selenga quarantine take ID`) or discards it; `selenga "
        "--json quarantine list` shows what it says.")},
    {"NOT-HOME", N_("This record belongs to another node. Change it there.")},
    {"NOT-WRITER", N_("Records of kind {1} are not written at this level. Write them at: {2}.")},
    {"NOT-SERVING",
     N_("This node does not serve the organisation of the record. Write it at the node that does.")},
    {"PROGRAM-ONLY", N_("Records of kind {1} are made by the program itself.")},
    {"ORG-FOREIGN", N_("Organisation {1} is not in this part of the tree. Check the code, or write it where "
                       "the organisation belongs.")},
    {"ORG-UNKNOWN", N_("Organisation {1} is not known here. Enter it first, or wait until it has arrived.")},
    {"HOME-FOREIGN", N_("The record about {1} comes from a node that does not stand where the sender stands. "
                        "Tell the operator of both.")},
    {"REACH", N_("The record about {1} must not come here: its kind does not travel that far. Update the "
                 "sender's programs.")},
    {"WRONG-SERVICE", N_("The record about {1} came to the wrong service. Update the sender's programs.")},
    // routes
    {"NO-NEEDS", N_("{1} has no needs that a route could meet. Import results of diagnostics first.")},
    {"HAS-DRAFT", N_("{1} already has a draft. Confirm or delete it first.")},
    {"NOT-DRAFT", N_("Route {1} is no draft any more. Only drafts are confirmed.")},
    // JSON
    {"JSON-SYNTAX", N_("Not JSON, line {1}: {2}. Correct the text.")},
    {"JSON-DEPTH", N_("JSON is nested more than {1} levels deep. No record needs that.")},
    {"JSON-SIZE", N_("One JSON record is larger than {1} bytes. Shorten its texts.")},
    {"JSON-SHAPE", N_("Expected one JSON object, or an array of objects.")},
    {"BAD-ID", N_("`{1}` is not an id. Copy it again.")},
    {"ID-NOT-KEY", N_("The id does not belong to this natural key. Leave the id out.")},
    // CSV and sheets
    {"CSV-QUOTE", N_("Quotation marks do not match. Write \" inside a quoted cell as \"\".")},
    {"CSV-CELL", N_("A cell is longer than {1} bytes. Shorten it.")},
    {"CSV-COLUMNS", N_("More than {1} columns. Remove the empty ones.")},
    {"CSV-WIDTH", N_("The row has {1} cells and the header {2}. Check the separators.")},
    {"CSV-NUL", N_("The file holds NUL bytes: it is no CSV. Save it as CSV from the table program.")},
    {"CSV-ENCODING", N_("The text is neither UTF-8 nor windows-1251. Save the file as UTF-8.")},
    {"CSV-EMPTY", N_("The file has no header. The first line must name the columns.")},
    {"CSV-READ", N_("The file cannot be read: {1}.")},
    {"COLUMN-UNKNOWN", N_("There is no column `{1}` in sheet {2}. Its columns are: {3}.")},
    {"COLUMN-MISSING", N_("Column `{1}` is required in sheet {2}. Add it.")},
    {"COLUMN-TWICE", N_("Column `{1}` is there twice. Remove one of them.")},
    {"SHEET-UNKNOWN", N_("There is no sheet `{1}`. Sheets are: {2}.")},
    // pseudonyms
    {"BAD-PSEUDONYM", N_("{field} is not of the form that the program makes. Update the sender's program.")},
    {"PSEUDONYM-QUOTA",
     N_("More pseudonyms were asked for than the staff known above explains. The rest follow day by day; if "
        "that takes too long, tell the operator of the region.")},
    {"PSEUDONYM-ELSEWHERE",
     N_("Pseudonyms are not made at this node. Give the command at the region's node.")},
    // invitations and nodes
    {"BAD-LEVEL", N_("A node of {1} cannot stand at that level under this hub. Levels are: school "
                     "municipality region federation.")},
    {"EXPIRES-PAST", N_("The invitation of {1} would have expired already. Choose a later time.")},
    {"NOT-LISTENING", N_("This node takes no children. Set `listen` in its node.conf and start it again.")},
    {"OWN-ORG", N_("{1} is this node's own organisation. Invite another one.")},
    {"NODE-ELSEWHERE", N_("Organisation {1} already has a node under another hub. Revoke that one first.")},
    {"NO-CHILD", N_("No child of this hub has the organisation code or the path {1}; names do not count. "
                    "`selenga node list` shows them.")},
    {"TWO-CHILDREN",
     N_("{1} is the organisation code of one child and the path of another. Give the path of the "
        "one, or the code of the other: `selenga node list` shows both.")},
    {"NODE-ACTIVE",
     N_("Organisation {1} has a node already. If its computer is to be replaced, invite it with "
        "--replace; if it is to be cut off first, use `selenga node revoke`.")},
    {"NODE-REVOKED", N_("The node of {1} was revoked. Only a new invitation brings it back.")},
    {"NOT-BELOW",
     N_("The node of {1} does not stand directly below this one. Take its card to its own hub.")},
    {"PATH-TAKEN",
     N_("Another node stands where that of {1} says that it stands. Ask its operator for a fresh card.")},
    {"NODE-KEY-KNOWN",
     N_("The key was used before, by a node or an invitation; that of {1} must be a new one. "
        "Join again from an empty folder.")},
    {"PHRASE-OTHER",
     N_("The recovery phrase is not that of the node of {1}. Look for the right paper, or join "
        "without a phrase.")},
    {"TOKEN-USED", N_("The invitation of {1} was already used. Ask the hub for a new one.")},
    {"TOKEN-EXPIRED", N_("The invitation of {1} has expired. Ask the hub for a new one.")},
    {"TOKEN-REVOKED", N_("The invitation of {1} was revoked. Ask the hub for a new one.")},
    {"TOKEN-FOREIGN",
     N_("This hub did not issue the invitation. Ask the right hub, or this one for a new one.")},
    {"TREE-DEPTH", N_("The tree would become too deep. Join a hub nearer to the root.")},
    {"NO-PEER", N_("`{1}` is no neighbour. Name one by its organisation's code, or by what `from` shows in "
                   "`selenga --json quarantine list`.")},
    // feeds
    {"PEER-QUOTA",
     N_("What the receiver refused or keeps aside of this feed has used up its share. Its operator "
        "decides with `selenga quarantine`; the feed then goes on by itself.")},
    {"PEER-STORE",
     N_("The sender's records fill the part of the receiver's store that is theirs. The receiver's "
        "operator raises child_mib in node.conf and starts the node again, or revokes the sender.")},
    {"PEER-CREDIT",
     N_("The sender sent more than it may at a time. It is asked again after a pause; if that goes "
        "on, update its programs or revoke it.")},
    // the service itself
    {"DISK-FULL", N_("The disk of this node is full. Free space; work goes on by itself.")},
    {"STORE-FULL",
     N_("The store of this service is full. Raise map_mib in node.conf and start the node again.")},
    {"STORE-DAMAGED",
     N_("The store of this service is damaged. Stop the node, move this store's directory away and start "
        "the node again: the neighbours hold copies and give them back. What never leaves this node they do "
        "not "
        "have: put back a backup, or enter it again.")},
    {"STORE-IN-USE", N_("Another process ({1}) has this store open. Only one program may work on it: end the "
                        "other one.")},
    {"STORE-NEWER", N_("This store was written by a newer program ({1}; this one reads {2}). Update the "
                       "programs of this node; nothing was changed.")},
    {"STORE-OLDER",
     N_("This store was written by an older program and cannot be read by this one ({1}; this one reads "
        "{2}). "
        "Go back to that program, or move the store's directory away: the neighbours give back what they "
        "hold, which is not what never leaves this node.")},
    {"STORE-FAILED", N_("The store of this service cannot be written. Its log says why.")},
    {"GIVING-BACK",
     N_("The store was put back to an older image; the neighbour gives back what it holds. Wait.")},
    {"NO-PROGRESS", N_("The other side takes nothing. Look at its status and its log.")},
    {"BAD-PERIOD", N_("`{1}` is not a period. Write 2024, 2024-Q3, 2024-H1 or 2023/24.")},
    {"PERIOD-OUTSIDE",
     N_("`{1}` lies outside the years that this node counts. Its settings of reporting name them.")},
    // the gate
    {"SERVICE-DOWN", N_("{1} is not running on this node now. Try again; `selenga node status` tells.")},
    {"SERVICE-TWICE", N_("{1} of this node is running already, as process {2}. There may be one.")},
    {"ANSWER-TOO-BIG", N_("The answer is larger than a message may be. Ask for a part of it.")},
    {"SERVICE-BUSY", N_("{1} has too much to do now. Try again later.")},
    {"NOT-ALLOWED",
     N_("The gate does not pass such a message on. Update the programs of the node together.")},
    {"UNKNOWN-REQUEST", N_("The gate does not know the request. Update the programs of the node together.")},
    {"NO-KEYS", N_("The registry has not said yet who may connect; children wait. Is the registry running?")},
    {"PARENT-REFUSED",
     N_("The parent does not admit this node's key. Ask its operator: the node was revoked or replaced by "
        "another computer (then only a new invitation helps), or the parent lost its records (then send him "
        "what `selenga node card` prints).")},
    {"BAD-FACT", N_("{field} is not of the form that the program makes. Update the sender's program.")},
    {"BAD-EXPRESSION", N_("{field}, character {2}: {1}.")},
    {"DENOMINATOR", N_("Percent and ratio need a denominator, a count has none.")},
    // notes beside an indicator's value
    {"NO-DATA", N_("Not classified, because the birth date or the start of work is missing: {1}.")},
    {"LEFT", N_("Left during the period after receiving support: {1}.")},
    {"NO-METHODISTS", N_("There are no methodists; teachers without one: {1}.")},
    {"REQUIRED-METHODISTS", N_("Methodists needed: {1}.")},
    {"LEAVE-METHODISTS", N_("Methodists on leave, not counted: {1}.")},
    {"TEAMS", N_("Teams in all: {1}.")},
    {"TEAMS-COMPLETED", N_("Teams of which two or more members received a certificate: {1}.")},
    {"REQUIRES", N_("Not met, because {1} is not met.")},
    {"UNKNOWN", N_("Refused without a reason. Look into the service's log.")},
};

// Copies as much as fits; what was cut ends with an ellipsis, never inside a character. Texts may come from
// outside, and a terminal is not to be driven by them: what is not printable UTF-8 becomes '?'.
static void take(char *to, size_t size, const char *text)
{
    static const char ellipsis[] = "…";
    if (!text_copy(to, size, text)) {
        size_t keep = size - sizeof ellipsis;
        while (keep > 0 && ((unsigned char)text[keep] & 0xc0) == 0x80) keep--;
        memcpy(to, text, keep);
        memcpy(to + keep, ellipsis, sizeof ellipsis);
    }
    if (text_is_clean(slice_text(to))) return;
    for (char *c = to; *c != '\0'; c++)
        if ((unsigned char)*c < 0x20 || (unsigned char)*c > 0x7e) *c = '?';
}

void fault_set_list(fault_t *fault, const char *code, const char *field, ...)
{
    if (fault == NULL) return;
    memset(fault, 0, sizeof *fault);
    take(fault->code, sizeof fault->code, code);
    if (field != NULL) take(fault->field, sizeof fault->field, field);
    va_list args;
    va_start(args, field);
    const char *arg = va_arg(args, const char *);
    for (; arg != NULL && fault->n_args < FAULT_ARGS; arg = va_arg(args, const char *))
        take(fault->args[fault->n_args++], FAULT_ARG, arg);
    va_end(args);
}

static const row_t *find_row(const char *code)
{
    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (strcmp(table[i].code, code) == 0) return &table[i];
    return NULL;
}

bool fault_is_known(const char *code)
{
    return find_row(code) != NULL;
}

typedef struct writer_to {
    char *at, *end; // end: where the NUL must still fit
} writer_to_t;

// Whole characters only: a text that does not fit ends at the last one that does.
static void append(writer_to_t *w, const char *text, size_t length)
{
    size_t room = (size_t)(w->end - w->at);
    if (length > room) {
        length = room;
        while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80) length--;
        w->end = w->at + length;
    }
    memcpy(w->at, text, length);
    w->at += length;
}

// The text that a mark at the beginning of `mark` stands for, and the mark's length; NULL when it is no mark.
static const char *value_of(const fault_t *fault, const char *mark, size_t *ret_length)
{
    if (strncmp(mark, "{field}", 7) == 0) {
        *ret_length = 7;
        if (fault->field[0] == '\0' && fault->n_args > 0)
            return fault->args[0]; // what is meant stands there then
        return fault->field[0] != '\0' ? fault->field : "?";
    }
    if (mark[0] != '{' || mark[1] < '1' || mark[1] > '4' || mark[2] != '}') return NULL;
    unsigned n = (unsigned)(mark[1] - '1');
    *ret_length = 3;
    return n < fault->n_args ? fault->args[n] : "?";
}

static void render(const fault_t *fault, const char *text, writer_to_t *w)
{
    while (*text != '\0') {
        size_t length = 1;
        const char *value = value_of(fault, text, &length);
        if (value == NULL) {
            length = strcspn(text + 1, "{") + 1;
            append(w, text, length);
        } else {
            append(w, value, strlen(value));
        }
        text += length;
    }
}

const char *fault_text_in(const fault_t *fault, lang_t lang, char *buf, size_t size)
{
    writer_to_t w = {.at = buf, .end = buf + size - 1};
    const row_t *row = find_row(fault->code);
    if (row != NULL) {
        render(fault, i18n_in(lang, row->text), &w);
    } else {
        append(&w, fault->code, strlen(fault->code));
        append(&w, fault->field[0] != '\0' ? " " : "", fault->field[0] != '\0');
        append(&w, fault->field, strlen(fault->field));
        for (unsigned k = 0; k < fault->n_args; k++) {
            append(&w, k == 0 ? ": " : ", ", 2);
            append(&w, fault->args[k], strlen(fault->args[k]));
        }
    }
    *w.at = '\0';
    return buf;
}

const char *fault_text(const fault_t *fault, char *buf, size_t size)
{
    return fault_text_in(fault, i18n_now(), buf, size);
}

void fault_to_proto(const fault_t *fault, Selenga__Fault *ret_message, char **args)
{
    selenga__fault__init(ret_message);
    ret_message->code = (char *)fault->code;
    if (fault->field[0] != '\0') ret_message->field = (char *)fault->field;
    for (unsigned i = 0; i < fault->n_args; i++) args[i] = (char *)fault->args[i];
    ret_message->n_args = fault->n_args;
    ret_message->args = fault->n_args > 0 ? args : NULL;
}

void fault_from_proto(const Selenga__Fault *message, fault_t *ret_fault)
{
    memset(ret_fault, 0, sizeof *ret_fault);
    take(ret_fault->code, sizeof ret_fault->code,
         message != NULL && message->code != NULL && message->code[0] != '\0' ? message->code : "UNKNOWN");
    if (message == NULL) return;
    if (message->field != NULL) take(ret_fault->field, sizeof ret_fault->field, message->field);
    for (size_t i = 0; i < message->n_args && i < FAULT_ARGS; i++)
        take(ret_fault->args[ret_fault->n_args++], FAULT_ARG, message->args[i]);
}
