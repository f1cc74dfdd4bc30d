// SPDX-License-Identifier: Apache-2.0
// A CASE package out.
#include "common/base/clock.h"
#include "common/base/date.h"
#include "common/forms/case_private.h"
#include "common/forms/json.h"

enum { UUID_VERSION = 0x50, UUID_VARIANT = 0x80, MOMENT = 40, URI = 64 };

const char *case_uuid_of(const rid_t *id, char buf[CASE_UUID_TEXT])
{
    rid_t uuid = *id;
    uuid.b[6] = (uint8_t)((uuid.b[6] & 0x0f) | UUID_VERSION); // named by a hash
    uuid.b[8] = (uint8_t)((uuid.b[8] & 0x3f) | UUID_VARIANT);
    return rid_text(&uuid, buf);
}

static const char *uri_of(const char *uuid, char buf[URI])
{
    snprintf(buf, URI, "urn:uuid:%s", uuid);
    return buf;
}

static json_t *link_to(const char *title, const char *uuid)
{
    char uri[URI];
    return json_pack("{s:s, s:s, s:s}", "title", title, "identifier", uuid, "uri", uri_of(uuid, uri));
}

static json_t *document_json(const case_package_t *p, const char *changed)
{
    static const struct {
        const char *code, *name;
    } statuses[] = {{"private-draft", "Private Draft"},
                    {"draft", "Draft"},
                    {"adopted", "Adopted"},
                    {"deprecated", "Deprecated"}};
    char uri[URI];
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:o}", "identifier", p->uuid, "uri", uri_of(p->uuid, uri),
                  "creator", p->publisher != NULL ? p->publisher : "Selenga", "title", p->title,
                  "lastChangeDateTime", changed, "CFPackageURI", link_to(p->title, p->uuid));
    if (p->version != NULL) json_object_set_new(json, "version", json_string(p->version));
    for (size_t i = 0; p->status != NULL && i < ARRAY_SIZE(statuses); i++)
        if (strcmp(p->status, statuses[i].code) == 0)
            json_object_set_new(json, "adoptionStatus", json_string(statuses[i].name));
    return json;
}

static json_t *item_json(const case_package_t *p, const case_item_t *item, const char *changed)
{
    char uri[URI];
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:o}", "identifier", item->uuid, "uri",
                     uri_of(item->uuid, uri), "fullStatement", item->title, "humanCodingScheme", item->code,
                     "CFItemType", item->class_code, "lastChangeDateTime", changed, "CFDocumentURI",
                     link_to(p->title, p->uuid));
}

// Named by what it joins, so that it is the same each time.
static void association_uuid(const char *below, const char *above, char buf[CASE_UUID_TEXT])
{
    char key[2 * CASE_UUID_TEXT];
    rid_t id;
    snprintf(key, sizeof key, "%s\x1f%s", below, above);
    rid_derive(&KIND_COMPETENCY, (slice_t){0}, slice_text(key), &id);
    case_uuid_of(&id, buf);
}

static json_t *association_json(const case_package_t *p, size_t i, const char *changed)
{
    const case_item_t *item = &p->items[i], *above = &p->items[item->parent];
    bool top = item->parent == i;
    char uuid[CASE_UUID_TEXT], uri[URI];
    association_uuid(item->uuid, top ? p->uuid : above->uuid, uuid);
    return json_pack("{s:s, s:s, s:s, s:o, s:o, s:i, s:s, s:o}", "identifier", uuid, "uri", uri_of(uuid, uri),
                     "associationType", "isChildOf", "originNodeURI", link_to(item->title, item->uuid),
                     "destinationNodeURI",
                     top ? link_to(p->title, p->uuid) : link_to(above->title, above->uuid), "sequenceNumber",
                     (int)i + 1, "lastChangeDateTime", changed, "CFDocumentURI", link_to(p->title, p->uuid));
}

void case_write(const case_package_t *p, int64_t now_s, FILE *out)
{
    char changed[MOMENT], day[DATE_TEXT], moment[MOMENT_TEXT];
    if (p->changed_on != 0)
        snprintf(changed, sizeof changed, "%sT00:00:00Z", date_text(p->changed_on, day));
    else
        snprintf(changed, sizeof changed, "%s", moment_text(now_s, moment));
    json_t *items = json_array(), *associations = json_array();
    for (size_t i = 0; i < p->n; i++) {
        json_array_append_new(items, item_json(p, &p->items[i], changed));
        json_array_append_new(associations, association_json(p, i, changed));
    }
    json_auto_t *json = json_pack("{s:o, s:o, s:o}", "CFDocument", document_json(p, changed), "CFItems",
                                  items, "CFAssociations", associations);
    json_dumpf(json, out, JSON_EXACT | JSON_INDENT(2));
    fputc('\n', out);
}
