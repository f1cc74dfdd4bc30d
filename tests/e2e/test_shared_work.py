# SPDX-License-Identifier: Apache-2.0
"""What several organisations do together, each by records of its own: plans, votes, notices, practices, statuses, objections."""
import datetime

import world
from world import refused, test, wait_until

REGION, HUB, SCHOOL, OTHER = "03", "03-08", "03-08-01", "03-08-02"
ONE = f"{SCHOOL}:1"
SOON = (datetime.date.today() + datetime.timedelta(days=10)).isoformat()


def scene(w):
    nodes = w.tree(hubs=(HUB,), schools=(SCHOOL, OTHER))
    w.region, w.hub, w.school, w.other = (nodes[code] for code in (REGION, HUB, SCHOOL, OTHER))
    w.school.put("person", {"org": SCHOOL, "number": "1"})
    w.region.put("competency", {"framework": "F", "code": "C1", "class": "subject", "title": "Решает задачи"})
    w.settle()
    return w


def body(node, kind, key):
    return node.selenga("get", kind, key)["body"]


def give(node, kind, key, decision, *options):
    return node.selenga("review", "give", kind, key, "--decision", decision, "--by", "А. Б. Доржиева", *options)


def waits(node, of):
    return [row for row in node.selenga("review", "list") if row["of"] == of]


# --- plans

@test
def a_municipality_proposes_a_measure_and_the_region_agrees(w):
    w.region.put("roadmap", {"code": "RM", "class": "roadmap", "title": "Карта", "org": REGION, "from": "2024-01-01", "to": "2025-12-31",
                             "state": "draft"})
    refused(1, w.region.put, "roadmap", {**body(w.region, "roadmap", "RM"), "state": "approved"}, says="approved_on is missing")
    w.region.put("roadmap", {**body(w.region, "roadmap", "RM"), "state": "approved", "approved_on": "2023-12-20"})
    wait_until(lambda: w.hub.list("roadmap"), what="the roadmap is at the hub")
    w.hub.put("measure", {"roadmap": "RM", "code": "1", "title": "Школа наставников", "org": HUB, "due": "2024-06-01", "state": "proposed"})
    wait_until(lambda: waits(w.region, "measure:RM:1"), what="the measure waits at the region")
    # the region does not write into the municipality's record: it answers with its own
    refused(1, w.region.put, "measure", {**body(w.region, "measure", "RM:1"), "title": "Другое"})
    give(w.region, "measure", "RM:1", "return", "--remarks", "Срок раньше")
    w.settle()
    said = wait_until(lambda: w.hub.selenga("get", "measure", "RM:1")["review"]["reviews"], what="the answer is at the hub")
    assert said[0]["decision"] == "return" and said[0]["remarks"] == "Срок раньше", said
    w.hub.put("measure", {**body(w.hub, "measure", "RM:1"), "due": "2024-04-01"})
    w.settle()
    give(w.region, "measure", "RM:1", "agree")
    w.hub.put("measure", {**body(w.hub, "measure", "RM:1"), "state": "planned"})
    w.settle()
    assert body(w.region, "measure", "RM:1")["state"] == "planned" and not waits(w.region, "measure:RM:1")


@test
def measures_are_counted_by_priority(w):
    w.region.put("catalogue-item", {"code": "P-digital", "class": "priority", "title": "Цифровая среда", "valid_from": "2024-01-01"})
    wait_until(lambda: w.hub.list("catalogue-item"), what="the priority is at the hub")
    refused(1, w.hub.put, "tag", {"of": "measure:RM:1", "item": "P-none", "org": HUB})
    refused(1, w.hub.put, "tag", {"of": "measure:RM:none", "item": "P-digital", "org": HUB})
    w.hub.put("tag", {"of": "measure:RM:1", "item": "P-digital", "org": HUB})
    w.region.put("indicator", {"code": "TAGS", "title": "По приоритету", "unit": "count", "valid_from": "2020-01-01",
                               "numerator": "count(tag where item.class = priority)"})
    w.settle()
    reply = w.region.selenga("report", "--period", "2024")
    assert {i["code"]: i["numerator"] for i in reply["indicators"]}["TAGS"] == 1


@test
def what_is_obsolete_is_retired_and_not_deleted(w):
    w.region.put("catalogue-item", {"code": "P-new", "class": "priority", "title": "Новая", "valid_from": "2025-01-01"})
    refused(1, w.region.selenga, "delete", "catalogue-item", "P-digital", "--why", "устарел", says="valid_to")
    w.region.put("catalogue-item", {**body(w.region, "catalogue-item", "P-digital"), "valid_to": "2024-12-31", "replaced_by": "P-new"})
    assert body(w.region, "catalogue-item", "P-digital")["replaced_by"] == "P-new"


# --- who is linked with whom, and what each owes

@test
def links_of_organisations_are_records(w):
    refused(1, w.hub.put, "subject-link", {"org": HUB, "other": HUB, "class": "coordinates", "from": "2024-01-01"})
    w.hub.put("subject-link", {"org": HUB, "other": SCHOOL, "class": "coordinates", "from": "2024-01-01"})
    w.settle()
    for node in (w.region, w.school, w.other):
        found = node.list("subject-link", "--where", f"other={SCHOOL}")
        assert [r["body"]["org"] for r in found] == [HUB], node.name


@test
def each_party_votes_for_itself_alone(w):
    w.hub.put("body", {"code": "MMO-IT", "class": "association", "title": "ММО учителей информатики", "org": HUB})
    w.hub.put("session", {"body": "MMO-IT", "number": "1", "date": "2024-03-01", "org": HUB, "questions": "План"})
    w.hub.put("decision", {"code": "DEC", "org": HUB, "session": "MMO-IT:1", "date": "2024-03-01", "topic": "План на год"})
    wait_until(lambda: w.school.list("decision") and w.other.list("decision"), what="the decision is at both schools")
    refused(1, w.school.put, "vote", {"decision": "DEC", "party": OTHER, "vote": "for"}, says="does not speak for")
    w.school.put("vote", {"decision": "DEC", "party": SCHOOL, "vote": "for"})
    w.other.put("vote", {"decision": "DEC", "party": OTHER, "vote": "against", "remarks": "Срок мал"})
    w.settle()
    votes = {r["body"]["party"]: r["body"]["vote"] for r in w.hub.list("vote", "--where", "decision=DEC")}
    assert votes == {SCHOOL: "for", OTHER: "against"}, votes


@test
def what_ends_soon_is_told_before(w):
    w.hub.put("agreement", {"code": "A-1", "title": "О сотрудничестве", "org": HUB, "parties": f"{REGION};{SCHOOL}", "state": "draft"})
    refused(1, w.hub.put, "agreement", {**body(w.hub, "agreement", "A-1"), "parties": f"{REGION};99-none"})
    w.hub.put("agreement", {**body(w.hub, "agreement", "A-1"), "state": "signed", "signed_on": "2024-01-10", "from": "2024-01-10",
                            "to": SOON})
    w.hub.put("event", {"code": "E-1", "kind": "workshop", "title": "Мастер-класс", "org": HUB, "starts_on": "2024-05-05"})
    for of, code in (("agreement:A-1", "1"), ("event:E-1", "1")):
        w.hub.put("obligation", {"of": of, "code": code, "party": HUB, "text": f"Сделать по {of}", "due": SOON, "state": "open"})
    w.hub.put("obligation", {"of": "agreement:A-1", "code": "2", "party": HUB, "text": "Сделано", "due": SOON, "state": "open"})
    w.hub.put("obligation", {**body(w.hub, "obligation", "agreement:A-1:2"), "state": "cancelled"})
    said = str(w.hub.selenga("attention"))
    assert "A-1" in said and "agreement:A-1:1" in said and "event:E-1:1" in said, said
    assert "agreement:A-1:2" not in said, said  # what is over waits for nobody


# --- documents, statuses

@test
def a_document_becomes_approved_with_number_and_date_only(w):
    w.hub.put("document", {"code": "D", "class": "concept", "title": "Концепция", "org": HUB, "state": "draft"})
    refused(1, w.hub.put, "document", {**body(w.hub, "document", "D"), "state": "approved"}, says="number is missing")
    w.hub.put("document", {**body(w.hub, "document", "D"), "state": "review"})
    w.settle()
    assert waits(w.region, "document:D")[0]["awaits"] == ["municipality", "region"], waits(w.region, "document:D")
    w.hub.put("document", {**body(w.hub, "document", "D"), "state": "approved", "number": "17", "date": "2024-02-02"})
    refused(1, w.hub.put, "document", {**body(w.hub, "document", "D"), "state": "draft"})


@test
def a_report_of_a_stage_waits_for_the_municipality(w):
    refused(1, w.school.put, "org-status", {"code": "S-1", "org": SCHOOL, "class": "innovation-site", "act": "1", "from": "2024-01-01",
                                            "state": "granted"})
    w.hub.put("org-status", {"code": "S-1", "org": SCHOOL, "class": "innovation-site", "topic": "Проект", "act": "приказ 5",
                             "from": "2024-01-01", "to": "2026-12-31", "state": "granted"})
    wait_until(lambda: w.school.list("org-status"), what="the status is at the school")
    report = {"status": "S-1", "stage": "1", "org": SCHOOL, "title": "Первый этап", "due": "2024-06-01", "state": "planned"}
    w.school.put("stage-report", report)
    refused(1, w.school.put, "stage-report", {**report, "state": "submitted"}, says="is missing")
    w.school.put("stage-report", {**report, "state": "submitted", "submitted_on": "2024-05-30", "text": "Сделано"})
    wait_until(lambda: waits(w.hub, "stage-report:S-1:1"), what="the report waits at the hub")
    give(w.hub, "stage-report", "S-1:1", "agree")
    w.settle()
    assert w.school.selenga("get", "stage-report", "S-1:1")["review"]["reviews"][0]["decision"] == "agree"
    assert not w.other.list("stage-report")


# --- notices, resources

@test
def who_has_read_a_notice_is_known_above(w):
    w.region.put("notice", {"code": "N-1", "title": "Новые ФГОС", "text": "Обзор", "org": REGION, "audience": "teachers;schools",
                            "published_on": "2024-02-01"})
    wait_until(lambda: w.school.list("notice"), what="the notice is at the school")
    refused(1, w.school.put, "receipt", {"notice": "N-1", "org": OTHER, "date": "2024-02-02"}, says="does not speak for")
    w.school.put("receipt", {"notice": "N-1", "org": SCHOOL, "date": "2024-02-02"})
    w.settle()
    for node in (w.hub, w.region):
        assert [r["body"]["org"] for r in node.list("receipt", "--where", "notice=N-1")] == [SCHOOL], node.name
    assert not w.other.list("receipt")


@test
def resources_are_found_by_competency(w):
    w.hub.put("resource", {"of": "event:E-1", "competency": "F:C1", "org": HUB, "capacity": 20})
    w.settle()
    found = w.school.list("resource", "--where", "competency=F:C1")
    assert [r["body"]["of"] for r in found] == ["event:E-1"], found
    assert not w.school.list("resource", "--where", "competency=F:C2")


# --- the bank of practices

@test
def a_practice_is_found_reviewed_published_promoted_and_used(w):
    practice = {"code": "PR", "title": "Задачи у доски", "org": SCHOOL, "author": ONE, "state": "found"}
    w.school.put("practice", practice)
    refused(1, w.school.put, "practice", {**practice, "state": "published"}, says="described")
    practice.update(problem="Скучно", solution="Иначе", result="Лучше", state="described")
    w.school.put("practice", practice)
    w.school.put("practice", {**practice, "state": "submitted"})
    wait_until(lambda: waits(w.hub, "practice:PR"), what="the practice waits at the hub")
    give(w.hub, "practice", "PR", "agree")
    w.school.put("practice", {**practice, "state": "reviewed"})
    refused(1, w.school.put, "practice", {**practice, "state": "published"}, says="consent is missing")
    w.school.put("consent", {"person": ONE, "purpose": "publication", "given_on": "2024-03-01", "text_version": "1", "signed": "paper"})
    w.school.put("practice", {**practice, "state": "published", "consent": f"{ONE}:publication:2024-03-01"})
    w.settle()
    assert not w.region.list("practice") and not w.other.list("practice")
    w.hub.put("publication", {"code": "PB", "practice": "PR", "title": "Задачи у доски", "org": SCHOOL, "published_on": "2024-03-05",
                              "state": "published"})
    w.settle()
    w.region.put("publication", {"code": "PB-R", "promoted_from": "PB", "title": "Задачи у доски", "org": SCHOOL,
                                 "published_on": "2024-04-05", "state": "published"})
    wait_until(lambda: len(w.other.list("publication")) == 2, what="both banks are at the other school")
    w.other.put("adoption", {"publication": "PB", "org": OTHER, "date": "2024-09-01", "result": "Внедрено"})
    w.settle()
    assert [r["body"]["org"] for r in w.hub.list("adoption", "--where", "publication=PB")] == [OTHER]


@test
def a_publication_that_is_taken_back_is_so_everywhere(w):
    refused(1, w.hub.put, "publication", {**body(w.hub, "publication", "PB"), "state": "withdrawn"}, says="withdrawn_on is missing")
    w.hub.put("publication", {**body(w.hub, "publication", "PB"), "state": "withdrawn", "withdrawn_on": "2024-10-01"})
    w.settle()
    for node in (w.region, w.school, w.other):
        assert body(node, "publication", "PB")["state"] == "withdrawn", node.name


# --- objections

@test
def a_teachers_objection_stays_at_the_school_and_changes_the_need(w):
    w.region.put("campaign", {"code": "D", "title": "Осень", "framework": "F", "org": REGION, "from": "2024-09-01", "to": "2024-11-30"})
    wait_until(lambda: w.school.list("campaign"), what="the campaign is at the school")
    w.school.put("result", {"campaign": "D", "person": ONE, "competency": "C1", "score": 10, "max": 100, "taken_on": "2024-10-05"})
    dispute = {"person": ONE, "competency": "F:C1", "opened_on": "2024-10-06", "reason": "Болел", "state": "opened"}
    w.school.put("dispute", dispute)
    assert body(w.school, "deficit", f"{ONE}:F:C1")["state"] == "disputed"
    refused(1, w.school.put, "dispute", {**dispute, "state": "upheld"}, says="decided_by is missing")
    w.school.put("dispute", {**dispute, "state": "upheld", "decided_by": "Эксперт", "decided_on": "2024-10-09", "decision": "Пересдал"})
    assert body(w.school, "deficit", f"{ONE}:F:C1")["state"] == "closed"
    w.settle()
    assert not w.hub.list("dispute") and not w.region.list("dispute") and not w.hub.list("deficit")



# --- visits of lessons

@test
def a_municipality_reads_how_lessons_were_judged_and_whose_nowhere(w):
    for number in range(1, 6):
        if number > 1:
            w.school.put("person", {"org": SCHOOL, "number": str(number)})
    wait_until(lambda: len(w.school.list("person")) >= 5, what="the staff is there")
    for number in range(1, 6):
        person = f"{SCHOOL}:{number}"
        w.school.put("observation", {"code": f"V{number}", "person": person, "date": "2024-10-05", "stage": "before", "lesson": "Алгебра"})
        w.school.put("observation-mark", {"observation": f"V{number}", "competency": "F:C1", "person": person, "score": number, "max": 10})
        if number == 4:
            w.settle()
            assert not w.hub.list("visit-count")
    w.settle()
    told = [row["body"] for row in w.hub.list("visit-count")]
    assert told == [{"org": SCHOOL, "competency": "F:C1", "from": "2024-01-01", "stage": "before", "people": 5, "visits": 5, "percent": 30}], told
    assert not w.region.list("visit-count")
    assert not w.hub.list("observation") and not w.hub.list("observation-mark")
    refused(1, w.school.put, "visit-count", {**told[0], "percent": 99})


world.main(scene)
