// SPDX-License-Identifier: Apache-2.0
// From the bytes of a descriptor set to the model. Options of our own come as fields that protobuf-c does not
// know: it keeps their bytes, and these are read as our messages.
#include "proto/generate/model.h"
#include "proto/message.h"
#include <ctype.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

enum {
    TAG_DECLARED = 50300, // options.proto
    TAG_NO_KIND = 50301,
    TAG_MESSAGES = 4, // FileDescriptorProto.message_type, as source locations name it
    TAG_FIELDS = 2,   // DescriptorProto.field
};
#define ROOT "proto/kinds/"

#define FOLDER(number, NAME, name) [number] = #name,
const char *const FOLDERS[] = {"system", SERVICES_EACH(FOLDER) NULL};

typedef Google__Protobuf__FileDescriptorProto file_t;
typedef Google__Protobuf__DescriptorProto message_t;

void *must(void *allocated)
{
    if (allocated != NULL) return allocated;
    fputs("generate: out of memory\n", stderr);
    exit(1);
}

void complain(model_t *model, const kind_t *kind, const field_t *field, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(model->out, "%s:%d: %s%s%s: ", kind->file, field != NULL ? field->line : kind->line,
            kind->proto->name, field != NULL ? "." : "", field != NULL ? field->name : "");
    vfprintf(model->out, format, args);
    fputc('\n', model->out);
    va_end(args);
    model->mistakes++;
}

// --- options -------------------------------------------------------------------------------------

static size_t skip_varint(const uint8_t *bytes, size_t size)
{
    size_t n = 0;
    while (n < size && (bytes[n] & 0x80) != 0) n++;
    return n < size ? n + 1 : size;
}

// The bytes of a message option, NULL when it is not there. An option may be set in several pieces: protobuf
// reads them one behind the other as one message.
static uint8_t *message_option(const ProtobufCMessage *options, uint32_t tag, size_t *ret_size)
{
    uint8_t *bytes = NULL;
    *ret_size = 0;
    for (unsigned i = 0; options != NULL && i < options->n_unknown_fields; i++) {
        const ProtobufCMessageUnknownField *u = &options->unknown_fields[i];
        if (u->tag != tag || u->wire_type != PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED) continue;
        size_t prefix = skip_varint(u->data, u->len);
        bytes = must(realloc(bytes, *ret_size + u->len));
        memcpy(bytes + *ret_size, u->data + prefix, u->len - prefix);
        *ret_size += u->len - prefix;
    }
    return bytes;
}

static bool bool_option(const ProtobufCMessage *options, uint32_t tag)
{
    bool value = false;
    for (unsigned i = 0; options != NULL && i < options->n_unknown_fields; i++) {
        const ProtobufCMessageUnknownField *u = &options->unknown_fields[i];
        if (u->tag == tag && u->len > 0) value = u->data[0] != 0;
    }
    return value;
}

static const Selenga__KindOptions *read_kind_options(const message_t *proto)
{
    size_t size;
    const ProtobufCMessage *options = proto->options != NULL ? &proto->options->base : NULL;
    uint8_t *bytes = message_option(options, TAG_DECLARED, &size);
    if (bytes == NULL) return NULL;
    const Selenga__KindOptions *says = must(selenga__kind_options__unpack(NULL, size, bytes));
    free(bytes);
    return says;
}

static void read_field_options(field_t *field)
{
    size_t size;
    const ProtobufCMessage *options = field->proto->options != NULL ? &field->proto->options->base : NULL;
    uint8_t *bytes = message_option(options, TAG_DECLARED, &size);
    field->declared = bytes != NULL;
    field->says = must(selenga__field_options__unpack(NULL, size, bytes));
    free(bytes);
}

// --- places --------------------------------------------------------------------------------------

// The line of a message of the file (field < 0) or of one of its fields, counted from 1; 0 when unknown.
static int line_of(const file_t *file, int message, int field)
{
    const Google__Protobuf__SourceCodeInfo *info = file->source_code_info;
    size_t depth = field < 0 ? 2 : 4;
    for (size_t i = 0; info != NULL && i < info->n_location; i++) {
        const Google__Protobuf__SourceCodeInfo__Location *at = info->location[i];
        if (at->n_path != depth || at->n_span == 0) continue;
        if (at->path[0] != TAG_MESSAGES || at->path[1] != message) continue;
        if (depth == 2 || (at->path[2] == TAG_FIELDS && at->path[3] == field)) return at->span[0] + 1;
    }
    return 0;
}

// Number of the service in whose folder the file lies; -1: none.
static int folder_of(const char *file)
{
    const char *rest = file + strlen(ROOT);
    for (int i = 0; FOLDERS[i] != NULL; i++) {
        size_t size = strlen(FOLDERS[i]);
        if (strncmp(rest, FOLDERS[i], size) == 0 && rest[size] == '/') return i;
    }
    return -1;
}

// --- names ---------------------------------------------------------------------------------------

// MentoringPair -> mentoring_pair, as protoc-c does it.
static void to_lower_name(const char *camel, char separator, char *ret, size_t size)
{
    size_t n = 0;
    bool was_upper = true;
    for (; *camel != '\0' && n + 2 < size; camel++) {
        bool upper = isupper((unsigned char)*camel) != 0;
        if (upper && !was_upper) ret[n++] = separator;
        ret[n++] = (char)tolower((unsigned char)*camel);
        was_upper = upper;
    }
    ret[n] = '\0';
}

static void name_kind(kind_t *kind)
{
    to_lower_name(kind->proto->name, '_', kind->message, sizeof kind->message);
    to_lower_name(kind->proto->name, '-', kind->name, sizeof kind->name);
    if (kind->says->name != NULL) snprintf(kind->name, sizeof kind->name, "%s", kind->says->name);
    snprintf(kind->c_name, sizeof kind->c_name, "%s", kind->name);
    for (char *p = kind->c_name; *p != '\0'; p++)
        if (*p == '-') *p = '_';
}

// --- messages ------------------------------------------------------------------------------------

static int by_number(const void *a, const void *b)
{
    int x = ((const field_t *)a)->proto->number, y = ((const field_t *)b)->proto->number;
    return (x > y) - (x < y);
}

static void read_fields(const file_t *file, int message, kind_t *kind)
{
    kind->n_fields = kind->proto->n_field;
    kind->fields = must(calloc(kind->n_fields + 1, sizeof *kind->fields));
    for (size_t i = 0; i < kind->n_fields; i++) {
        field_t *field = &kind->fields[i];
        field->proto = kind->proto->field[i];
        field->name = field->proto->name;
        field->line = line_of(file, message, (int)i);
        read_field_options(field);
    }
    qsort(kind->fields, kind->n_fields, sizeof *kind->fields, by_number);
}

static void read_message(model_t *model, const file_t *file, int i)
{
    const message_t *proto = file->message_type[i];
    kind_t kind = {.proto = proto,
                   .file = file->name,
                   .line = line_of(file, i, -1),
                   .service = folder_of(file->name),
                   .says = read_kind_options(proto)};
    bool none = bool_option(proto->options != NULL ? &proto->options->base : NULL, TAG_NO_KIND);
    if (kind.says == NULL) {
        if (!none)
            complain(model, &kind, NULL,
                     "neither a kind nor part of one; write option (kind) = {...}, or option (no_kind) = "
                     "true");
        return;
    }
    if (none) complain(model, &kind, NULL, "a kind and no_kind at once; take one of the options away");
    name_kind(&kind);
    read_fields(file, i, &kind);
    model->kinds = must(realloc(model->kinds, (model->n_kinds + 1) * sizeof kind));
    model->kinds[model->n_kinds++] = kind;
}

static int kinds_by_number(const void *a, const void *b)
{
    uint32_t x = ((const kind_t *)a)->says->number, y = ((const kind_t *)b)->says->number;
    return (x > y) - (x < y);
}

bool model_read(model_t *model, const uint8_t *bytes, size_t size)
{
    model->files = google__protobuf__file_descriptor_set__unpack(NULL, size, bytes);
    if (model->files == NULL) return false;
    for (size_t i = 0; i < model->files->n_file; i++) {
        const file_t *file = model->files->file[i];
        if (strncmp(file->name, ROOT, strlen(ROOT)) != 0) continue;
        for (size_t m = 0; m < file->n_message_type; m++) read_message(model, file, (int)m);
    }
    if (model->n_kinds > 0) qsort(model->kinds, model->n_kinds, sizeof *model->kinds, kinds_by_number);
    return true;
}

// --- looking up ----------------------------------------------------------------------------------

const kind_t *find_kind(const model_t *model, const char *name)
{
    for (size_t i = 0; i < model->n_kinds; i++)
        if (strcmp(model->kinds[i].name, name) == 0) return &model->kinds[i];
    return NULL;
}

const field_t *find_field(const kind_t *kind, const char *name)
{
    for (size_t i = 0; i < kind->n_fields; i++)
        if (strcmp(kind->fields[i].name, name) == 0) return &kind->fields[i];
    return NULL;
}

bool has_flag(const field_t *field, unsigned flag)
{
    for (size_t i = 0; i < field->says->n_is; i++)
        if ((unsigned)field->says->is[i] == flag) return true;
    return false;
}

const char *sheet_name_of(const kind_t *kind)
{
    const Selenga__Sheet *sheet = kind->says->sheet;
    if (sheet == NULL) return NULL;
    return sheet->name != NULL ? sheet->name : kind->name;
}

bool has_column(const field_t *field)
{
    return (field->flags & F_DERIVED) == 0 && field->type != FIELD_BYTES;
}
