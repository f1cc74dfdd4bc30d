// SPDX-License-Identifier: Apache-2.0
// The sentences of all fault codes; a test checks that every code used in the rows of kinds is there. What
// stands in their marks is worked out in fault.c.
#include "common/schema/fault_rows.h"
#include "common/base/i18n.h"
#include "common/base/util.h"
#include <string.h>

typedef struct row {
    const char *code;
    const char *text; // msgid; {field} and {1} to {4} stand for the field and the arguments, {w2} to {w4} for
                      // states in words, where {1} is KIND.FIELD, {n4} for names of levels and roles, {k2}
                      // for KIND:KEY, {v2} for KIND.FIELD WORD, {e3} for what to do with it: to end it by
                      // KIND.FIELD, or nothing, {r1} for a kind, {m1} for a message, {o2} for what is
                      // allowed, {a2} for a kind or an action of access, {d1} for a day or a number in the
                      // reader's form
} row_t;

// Both forms of a sentence that counts, as i18n_n wants them.
#define NN_(one, many) one, many

// What is wrong, then what to do.
static const row_t table[] = {
    // values
    {"REQUIRED", N_("{field} is missing. Give a value.")},
    {"EMPTY", N_("{field} is given but empty. Clear it instead.")},
    {"BAD-DATE",
     N_("{field}: `{1}` is not a date. Write it as 2024-09-01; in sheets 01.09.2024 will do, too.")},
    {"BAD-NUMBER", N_("{field}: `{1}` is not a number of the right form. Write a whole number, or at most "
                      "two decimals where parts are allowed.")},
    {"BAD-VALUE", N_("{field}: `{1}` is not allowed here. Use: {o2}.")},
    {"BAD-BOOL",
     N_("{field}: `{1}` is neither yes nor no. Write yes or no; in sheets + and - will do, too.")},
    {"BAD-TYPE", N_("{field}: this JSON value is of the wrong type. Write it like {1}.")},
    {"BAD-HEX", N_("{field}: `{1}` is not an even number of hexadecimal digits. Copy it again.")},
    {"SNILS-CHECK",
     N_("{field}: the control digits (the last two) do not fit the others. Look at the card again.")},
    {"SNILS-PLACEHOLDER",
     N_("{field}: this is no number but a placeholder. Leave the cell empty where it is not known.")},
    {"BAD-TEXT",
     N_("{field} holds control characters or is not UTF-8. Remove line breaks and save the file as UTF-8.")},
    {"BAD-CODE", N_("{field} must not contain `:` or `;`. Choose another code.")},
    {"BAD-REF",
     N_("{field}: `{1}` does not name a record of kind {r2}. People are written ORG:NUMBER, others "
        "by their code.")},
    {"RANGE", N_("{field}: {d1} is out of range. It must be from {d2} to {d3}.")},
    {"DATES-ORDER", N_("{field} lies before the beginning. Correct one of the two dates.")},
    {"SELF-REF", N_("{field} names the record or the person itself. Name another one.")},
    {"BAD-UUID", N_("{field} is no UUID. Write 32 small hex digits as 8-4-4-4-12, or leave it empty.")},
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
    {"REMARKS-NEEDED", N_("Who returns or declines says why. Fill in {field}.")},
    // states
    {"STATE-CHANGE", N_("{field}: {w2} does not become {w3}. What may follow: {w4}.")},
    {"STATE-NEEDS", N_("{field} is missing: without it {w2} does not become {w3}. Give a value.")},
    {"STATE-COMPUTED",
     N_("{field} is computed, and {w2} becomes {w3} only with it. Use the command that is meant "
        "for it instead of writing the state.")},
    {"STATE-LEVEL", N_("{field}: {w2} becomes {w3} only at a node of this level: {n4}. Ask there.")},
    {"STATE-ROLE", N_("{field}: only these may let {w2} become {w3}: {n4}. Ask one of them.")},
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
    {"KEY-TAKEN", N_("Another record already has this key. Change that one, or choose another key; or a node "
                     "above both takes the key: `selenga put KIND --take-key`.")},
    {"NOT-WAITING",
     N_("Under this id nothing waits that this could be done to. What is refused is tried again or "
        "discarded, a version kept aside taken or discarded: `selenga quarantine list` tells which it is.")},
    {"REFERRED-TO", N_("What others refer to is not deleted. Records that refer to it: {1}, one of them is: "
                       "{k2}. {e3}")},
    {"WHY-NEEDED", N_("Who deletes says why: the reason is kept. Give one.")},
    {"REF-LEAVING",
     N_("`{1}` is being deleted just now. Try again; if it is gone then, refer to another one.")},
    {"CHANGED-SINCE",
     N_("The record has been changed since you read it: you had version {1}, and it is at {2} now. "
        "Look at it again and repeat what you still want to change; `selenga history` shows both.")},
    {"PLAN-OTHER",
     N_("The row is not any more what was looked at before. Nothing of it was written; look again.")},
    {"RUN-OVER", N_("This import has been taken back or closed meanwhile; begin it again.")},
    {"TREE-CYCLE", N_("{field}: `{1}` would stand above itself: {2}. Name another record above it.")},
    {"TREE-ROOT",
     N_("{field} is empty, and `{1}` would hang nowhere: nobody above would count it. Name the record "
        "above it; what has ended keeps its place and gets a last day.")},
    {"TREE-RANK",
     N_("{field}: `{1}` ({v2}) cannot stand under `{3}` ({v4}), which is of a lower level. Name another "
        "record above it, or correct what kind of record it is.")},
    {"NOT-FOUND", N_("There is no such record: {r1}. Check the key.")},
    {"CONFLICT",
     N_("Record {1} was changed on both sides while a store was put back; this version is kept beside the "
        "present one. The record's own node takes it (`selenga quarantine take ID`) or discards it; `selenga "
        "--json quarantine list` shows what it says.")},
    {"KEY-BELOW", N_("The record with this key belongs to node {1}, which is below this one. Change it "
                     "there. If the key is not that node's, take it: `selenga put KIND --take-key` writes "
                     "yours in its place.")},
    {"KEY-ELSEWHERE", N_("The record with this key belongs to node {1}. Change it there. If the key is not "
                         "that node's, a node above both takes it: `selenga put KIND --take-key`.")},
    {"INSTRUMENT-ELSEWHERE",
     N_("{field}: instrument {1} was made at another node. Its questions are written there.")},
    {"NOT-HOME", N_("This record belongs to another node. Change it there.")},
    {"NOT-WRITER", N_("Records of kind {r1} are not written at this level. Write them at: {n2}.")},
    {"SPEAKER", N_("{field}: this node does not speak for organisation {1}. Name one that it serves.")},
    {"NOT-SERVING",
     N_("This node does not serve the organisation of the record. Write it at the node that does.")},
    {"PROGRAM-ONLY", N_("Records of kind {r1} are made by the program itself.")},
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
    // screenings
    {"SCREENING-CLOSED",
     N_("There is no screening {1} to answer here. `selenga screening list` shows those that "
        "there are.")},
    {"SCREENING-UNFIT",
     N_("Question {1} of this screening cannot be counted: only one of several options can. "
        "Tell those who made it.")},
    {"SCREENING-CHANGED",
     N_("The questions have been changed since you read them. Nothing was taken; answer them anew.")},
    {"SCREENING-WHOLE", N_("Question {1} is without an answer. Nothing was taken; answer every question.")},
    {"NO-TEST", N_("There is nothing to take: {1} is no campaign with the instrument {2}.")},
    {"TEST-STATE", N_("Instrument {1} is not approved. Who made it approves it first.")},
    {"TEST-EMPTY", N_("Instrument {1} has no questions here yet.")},
    {"TEST-RELEASED", N_("The right answers of {1} are known already: nobody begins with it any more.")},
    {"ATTEMPTS-USED", N_("All attempts are used: {1}.")},
    {"ATTEMPT-OVER", N_("This attempt is over, or has not begun: nothing more is taken.")},
    {"BAD-ANSWER", N_("This cannot be the answer to question {1}. Choose or type it again.")},
    {"ATTEMPT-ANNULLED", N_("Attempt {1} is annulled already.")},
    {"RELEASE-EARLY",
     N_("Campaign {1} is not over by the date of this computer. Wait for its end; who releases the keys all "
        "the same says --early.")},
    // JSON
    {"JSON-SYNTAX", N_("Not JSON, line {1}: {m2}. Correct the text.")},
    {"JSON-SHAPE", N_("Expected one JSON object, or an array of objects.")},
    {"BAD-ID", N_("`{1}` is not an id. Copy it again.")},
    {"ID-NOT-KEY", N_("The id does not belong to this natural key. Leave the id out.")},
    // CSV and sheets
    {"CSV-QUOTE", N_("Quotation marks do not match. Write \" inside a quoted cell as \"\".")},
    {"CSV-WIDTH", N_("Cells of the row: {1}, of the header: {2}. Check the separators.")},
    {"CSV-NUL", N_("The file holds NUL bytes: it is no CSV. Save it as CSV from the table program.")},
    {"CHARSET",
     N_("The letters of this file cannot be read for sure: its charset is none that is known, or letters "
        "were lost (U+FFFD) before it came here. Save it anew as UTF-8.")},
    {"XLSX",
     N_("The workbook cannot be read: it is damaged or locked by a password. Save it anew as XLSX, without a "
        "password, or as CSV.")},
    {"XLSX-LARGE", N_("Unpacked, the workbook is far larger than a list of people, and it is not read. Copy "
                      "the rows into a "
                      "new workbook, or save the sheet as CSV.")},
    {"CSV-EMPTY", N_("The file has no header. The first line must name the columns.")},
    {"CSV-READ", N_("The file cannot be read: {m1}.")},
    {"COLUMN-UNKNOWN", N_("There is no column `{1}` in sheet `{2}`. Its columns are: {o3}.")},
    {"COLUMN-MISSING", N_("Column `{1}` is required in sheet `{2}`. Add it.")},
    {"KEY-INVISIBLE",
     N_("{field}: character {2} is {1}, which does not show. Delete it: with it this is another key.")},
    {"KEY-FORM",
     N_("{field} has blanks or letters in a form that keys do not have. Update the sender's program.")},
    {"KEY-TWICE", N_("{field}: row {1} has the same key. Keep one of the two rows, or correct the key.")},
    {"KEY-ALIKE",
     N_("{field}: likely the same as in row {1}, written otherwise (zeros in front, letters of another "
        "alphabet that look alike). If it is the same, write it the same way.")},
    // sense: warnings, unless somebody wants them refused
    {"DATE-FUTURE", N_("{field}: {d1} has not come yet (today is {d2}). Check the date.")},
    {"AGE-SENSE",
     N_("{field}: whoever was born on {d1} is younger than 14 or older than 100 years. Check the date.")},
    {"EXPERIENCE-EARLY",
     N_("{field}: {d1} lies before this person (born on {d2}) was 14. Check both dates.")},
    {"RATE-SENSE", N_("{field}: {d1} is more than two full posts. Check the number: a full post is 1.")},
    {"HOURS-ABOVE", N_("{field}: {d1} is more than the hours of the programme ({d2}). Check the number.")},
    {"BEFORE-RUN", N_("{field}: {d1} lies before the first day of the run ({d2}). Check the date.")},
    {"EVENT-TO-COME", N_("{field}: the event begins on {d1}, nobody has been there yet. Check the event.")},
    {"OUTSIDE-CAMPAIGN",
     N_("{field}: {d1} lies outside the campaign ({d2}). Check the date or the campaign.")},
    {"NO-PAIR", N_("{field}: on {d1} these two were no pair of mentor and mentee. Check the date, or enter "
                   "the pair first.")},
    {"SELF-SUPPORT", N_("{field}: {1} would help himself. Name another person.")},
    {"STEPS-UNDONE",
     N_("{field}: the route is closed as done, and has activities that are not. Say when they "
        "were done, or close it otherwise.")},
    {"TWO-MAIN-PLACES", N_("{field}: the main place is said to be here, and as `{1}` too, and both are "
                           "likely one person: the same SNILS, or the same name and date of birth. Ask which "
                           "is the main place, and say of the other that it is not.")},
    {"KEY-HELD-ALIKE",
     N_("{field}: likely the same as `{1}`, which is here already, written otherwise. If it "
        "is the same, write it the same way.")},
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
    {"BAD-LEVEL",
     N_("A node of {1} cannot stand at that level: it is not that of the organisation's kind, or "
        "above this hub's. Levels are: school municipality region federation.")},
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
    // accounts
    {"ACCOUNT-EXISTS",
     N_("There is an account {1} already. Choose another name, or use `selenga account reset`.")},
    {"LOGIN-WRONG", N_("Name or password is wrong. Try again, or ask the operator for a new password.")},
    {"LOGIN-LOCKED", N_("Account {1} is locked. Ask the operator of the node.")},
    {"PASSWORD-ONE-TIME", N_("The password was for one time. Choose your own.")},
    {"PASSWORD-SAME", N_("The new password is the old one. Choose another.")},
    {"FIRST-CODE",
     N_("This is not the code of the first start. It stands on the terminal where the node was started, and "
        "in run/first-code of its directory.")},
    {"FIRST-OVER", N_("This node has accounts already. Log in, or ask its operator for an account.")},
    // access
    {"ACCESS-DENIED", N_("Your role ({n1}) does not allow this: {m2}, `{a3}`. Ask somebody whose role does; "
                         "`selenga access` shows the table.")},
    {"ACCESS-SCOPE", N_("This is of {1}, and your account is not for that. Ask somebody there.")},
    {"ACCOUNT-CLOSED", N_("Account {1} is not open here. Log in again, or ask the operator of the node.")},
    // joining
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
    {"STORE-MEMORY", N_("The system does not give {1} MiB of address space for this store. Set `map_mib` in "
                        "section `store` of "
                        "node.conf lower, or raise the limit (ulimit -v, MemoryMax or LimitAS of the unit), "
                        "and start the node again.")},
    {"STORE-FORBIDDEN",
     N_("This user may not read or write the store. Run the node as the owner of its folder, or "
        "give the folder with all that is in it to this user.")},
    {"STORE-FAILED", N_("The store of this service cannot be written. Its log says why.")},
    {"GIVING-BACK",
     N_("The store was put back to an older image; the neighbour gives back what it holds. Wait.")},
    {"SERVICE-SILENT",
     N_("A service of that node gives no answer: it hangs, or does not start. It is started again by itself; "
        "if that is of no use, look there at `node status` and the service's log.")},
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
    {"PARENT-REVOKED",
     N_("The parent has revoked this node, with the words: {1}. The node goes on working alone. Only a new "
        "invitation of the parent's operator brings it back.")},
    {"BAD-FACT", N_("{field} is not of the form that the program makes. Update the sender's program.")},
    {"BAD-EXPRESSION", N_("{field}, character {2}: {m1}.")},
    {"DENOMINATOR", N_("Percent and ratio need a denominator, a count has none.")},
    // notes beside an indicator's value
    {"NO-DATA", N_("Not classified, because the birth date or the start of work is missing: {1}.")},
    {"SILENT", N_("No data: none has come from organisations that are to report, of which there are {1}.")},
    {"LEFT", N_("Left during the period after receiving support: {1}.")},
    {"NO-METHODISTS", N_("There are no methodists; teachers without one: {1}.")},
    {"REQUIRED-METHODISTS", N_("Methodists needed: {1}, there are: {2}.")},
    {"OF-CNPPM", N_("Of them with a document of a centre of professional mastery (CNPPM): {1}.")},
    {"RETRAINED", N_("With a document of retraining, not counted here: {1}.")},
    {"LEAVE-METHODISTS", N_("Methodists on leave, not counted: {1}.")},
    {"TEAMS", N_("Teams in all: {1}.")},
    {"TEAMS-COMPLETED", N_("Teams of which two or more members received a certificate: {1}.")},
    {"REQUIRES", N_("Not met, because {1} is not met.")},
    {"UNKNOWN", N_("Refused without a reason. Look into the service's log.")},
};

// Sentences in which a noun follows a number. Other numbers stand behind a colon, or need no noun.
static const fault_count_t counts[] = {
    {"BAD-DIGITS", 2,
     NN_("{field}: `{1}` does not have exactly {2} digit. Check the number.",
         "{field}: `{1}` does not have exactly {2} digits. Check the number.")},
    {"TOO-LONG", 1,
     NN_("{field} is longer than {1} byte. Shorten it.", "{field} is longer than {1} bytes. Shorten it.")},
    {"TOO-BIG", 1,
     NN_("The record is larger than {1} byte. Shorten its texts.",
         "The record is larger than {1} bytes. Shorten its texts.")},
    {"TOO-MANY-DELETIONS", 1,
     NN_("More than {1} deletion at once. Delete in parts.",
         "More than {1} deletions at once. Delete in parts.")},
    {"JSON-DEPTH", 1,
     NN_("JSON is nested more than {1} level deep. No record needs that.",
         "JSON is nested more than {1} levels deep. No record needs that.")},
    {"JSON-SIZE", 1,
     NN_("One JSON record is larger than {1} byte. Shorten its texts.",
         "One JSON record is larger than {1} bytes. Shorten its texts.")},
    {"CSV-CELL", 1,
     NN_("A cell is longer than {1} byte. Shorten it.", "A cell is longer than {1} bytes. Shorten it.")},
    {"CSV-COLUMNS", 1,
     NN_("More than {1} column. Remove the empty ones.", "More than {1} columns. Remove the empty ones.")},
    {"PASSWORD-SHORT", 1,
     NN_("The new password is shorter than {1} character. Choose a longer one.",
         "The new password is shorter than {1} characters. Choose a longer one.")},
    {"LOGIN-WAIT", 1,
     NN_("There were too many attempts. Try again in {1} second.",
         "There were too many attempts. Try again in {1} seconds.")},
};

const char *fault_row(const char *code)
{
    for (size_t i = 0; i < ARRAY_SIZE(table); i++)
        if (strcmp(table[i].code, code) == 0) return table[i].text;
    const fault_count_t *count = fault_count(code);
    return count != NULL ? count->many : NULL;
}

const fault_count_t *fault_count(const char *code)
{
    for (size_t i = 0; i < ARRAY_SIZE(counts); i++)
        if (strcmp(counts[i].code, code) == 0) return &counts[i];
    return NULL;
}

const char *fault_row_at(size_t i)
{
    if (i < ARRAY_SIZE(table)) return table[i].code;
    return i - ARRAY_SIZE(table) < ARRAY_SIZE(counts) ? counts[i - ARRAY_SIZE(table)].code : NULL;
}
