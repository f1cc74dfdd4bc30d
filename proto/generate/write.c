// SPDX-License-Identifier: Apache-2.0
// Files of the build tree, written only where they change: what depends on an unchanged one is not built
// again.
#include "proto/generate/write.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_SIZE = 4096 };

typedef void write_fn(const model_t *model, const char *folder, FILE *out);

void write_text(const char *text, FILE *out)
{
    fputc('"', out);
    for (; *text != '\0'; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\')
            fprintf(out, "\\%c", c);
        else if (c < ' ')
            fprintf(out, "\\%03o", c);
        else
            fputc(c, out);
    }
    fputc('"', out);
}

void write_upper(const char *c_name, FILE *out)
{
    for (; *c_name != '\0'; c_name++) fputc(toupper((unsigned char)*c_name), out);
}

void write_bilingual(const char *en, const char *ru, FILE *out)
{
    fputc('{', out);
    write_text(en, out);
    fputs(", ", out);
    write_text(ru, out);
    fputc('}', out);
}

static void write_top(FILE *out)
{
    fputs("// SPDX-License-Identifier: Apache-2.0\n"
          "// Written by proto/generate from proto/kinds in every build.\n",
          out);
}

// --- headers -------------------------------------------------------------------------------------

static void write_kinds_h(const model_t *model, const char *folder, FILE *out)
{
    (void)folder;
    fputs("#pragma once\n#include \"proto/kind.h\"\n\n", out);
    for (size_t i = 0; i < model->n_kinds; i++) {
        fputs("extern const kind_rule_t KIND_", out);
        write_upper(model->kinds[i].c_name, out);
        fputs(";\n", out);
    }
    fputs("\n// Numbers of kinds. Never reused.\nenum kind_number {\n", out);
    for (size_t i = 0; i < model->n_kinds; i++) {
        fputs("    N_", out);
        write_upper(model->kinds[i].c_name, out);
        fprintf(out, " = %u,\n", model->kinds[i].says->number);
    }
    fputs("};\n", out);
}

// Every check once, whatever kinds share it.
static void write_checks_h(const model_t *model, const char *folder, FILE *out)
{
    (void)folder;
    fputs("#pragma once\n#include <protobuf-c/protobuf-c.h>\n\n", out);
    for (size_t i = 0; i < model->n_kinds; i++) {
        const char *check = model->kinds[i].says->check;
        if (check != NULL)
            fprintf(out, "const char *%s(const ProtobufCMessage *body, const char **ret_field);\n", check);
    }
}

static void include_messages(const model_t *model, const char *folder, FILE *out)
{
    char start[PATH_SIZE];
    snprintf(start, sizeof start, "proto/kinds/%s", folder);
    for (size_t i = 0; i < model->files->n_file; i++) {
        const char *name = model->files->file[i]->name, *dot = strrchr(name, '.');
        if (strncmp(name, start, strlen(start)) != 0 || dot == NULL) continue;
        fprintf(out, "#include \"%.*s.pb-c.h\"\n", (int)(dot - name), name);
    }
}

static void write_messages_h(const model_t *model, const char *folder, FILE *out)
{
    char start[PATH_SIZE];
    fputs("#pragma once\n", out);
    snprintf(start, sizeof start, "%s/", folder);
    include_messages(model, start, out);
}

static void write_kinds_c(const model_t *model, const char *folder, FILE *out)
{
    (void)folder;
    fputs("#include \"proto/kinds.h\"\n#include \"proto/checks.h\"\n", out);
    include_messages(model, "", out);
    fputc('\n', out);
    write_rows(model, out);
    write_sheets(model, out);
}

// --- files ---------------------------------------------------------------------------------------

static bool is_written(const char *path, const char *text, size_t size)
{
    FILE *file = fopen(path, "r");
    if (file == NULL) return false;
    char *have = must(malloc(size + 1));
    size_t n = fread(have, 1, size + 1, file);
    bool same = n == size && memcmp(have, text, size) == 0;
    free(have);
    fclose(file);
    return same;
}

static bool write_file(const model_t *model, const char *dir, const char *name, const char *folder,
                       write_fn *write)
{
    char path[PATH_SIZE], *text = NULL;
    size_t size = 0;
    snprintf(path, sizeof path, "%s/proto/%s", dir, name);
    FILE *memory = must(open_memstream(&text, &size));
    write_top(memory);
    write(model, folder, memory);
    fclose(memory);
    bool ok = is_written(path, text, size);
    if (!ok) {
        FILE *file = fopen(path, "w");
        ok = file != NULL && fwrite(text, 1, size, file) == size;
        if (file != NULL) ok = fclose(file) == 0 && ok;
        if (!ok) perror(path);
    }
    free(text);
    return ok;
}

bool write_all(const model_t *model, const char *dir)
{
    bool ok = write_file(model, dir, "kinds.h", NULL, write_kinds_h) &&
              write_file(model, dir, "checks.h", NULL, write_checks_h) &&
              write_file(model, dir, "kinds.c", NULL, write_kinds_c);
    for (size_t i = 0; ok && FOLDERS[i] != NULL; i++) {
        char name[NAME_SIZE];
        snprintf(name, sizeof name, "%s.pb-c.h", FOLDERS[i]);
        ok = write_file(model, dir, name, FOLDERS[i], write_messages_h);
    }
    return ok;
}
