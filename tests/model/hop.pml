// SPDX-License-Identifier: Apache-2.0
// One hop: a home H, whose records they are, and its hub M, which pulls them. Both may crash and be put back to
// an older image; the lines lose, double, delay and reorder. Numbers in brackets are the rules in README.md; the C
// that ships is named beside them.
//
// One step is one message handled: its transaction, and what is sent after the commit. A crash before the commit is
// the message lost; a crash between commit and sending is the answer lost; a crash beside either takes the memory.
#ifndef WRITES
#define WRITES 3
#endif
#ifndef CRASHES
#define CRASHES 0
#endif
#ifndef RESTORES
#define RESTORES 1
#endif
#ifndef IMAGES
#define IMAGES 1
#endif
#ifndef SLOTS
#define SLOTS 1                                // messages on the way from M to H; twice as many back
#endif
#define RECORDS 2
#define BOOTS (2 + CRASHES + RESTORES)         // epochs of H, from 1
#define VERSIONS 8                             // from 1; writes, and what is written again
#define SAME 255                               // a push that does not repeat the lineage
#define TRIES 3                                // sessions begun anew after the last fault, at most

// --- what was ever written: epochs and versions are named by their numbers ------------------------------------

byte parent[BOOTS], start[BOOTS];              // of an epoch: the one before that wrote, and the head it began at
byte n_boots;
bool falling;                                  // boot ids are random: either order must do
byte v_inc[VERSIONS], v_seq[VERSIONS], v_boot[VERSIONS];
byte v_says[VERSIONS];                         // writes that it stands upon, its own included; a bit each
byte v_past[VERSIONS];                         // versions that it descends from, itself included; a bit each
#define DESCENDS(a, b) ((v_past[a] & BIT(b)) != 0)
byte n_versions, n_writes;

// --- stores --------------------------------------------------------------------------------------------------

typedef home_t {                               // common/store/store.c
  byte cur[RECORDS], at[RECORDS];              // present version, and its place in the lane
  byte head, inc, boot;
  byte done_pos, done_boot, done_head;         // cursor for which M has given back
  bool done;
  byte conflicts                                  // versions kept beside; a bit each
}
typedef hub_t {
  byte cur[RECORDS];
  byte pos, w_boot, w_head;                    // cursor: position, and witness
  byte conflicts
}
home_t H, H_image;
hub_t M, M_image;
#if defined(ACK_FIRST) || defined(TWO_TRANSACTIONS)
hub_t disk;                                    // the mutants that tear a transaction: what of M a crash leaves
bool torn;
#else
#define disk M
#define torn false
#endif

// --- memory that a crash takes -------------------------------------------------------------------------------

bool h_open, h_diverged;                       // feed_producer.c
byte h_session, h_sent, h_told, h_pos, h_lost_boot, h_lost_head, h_fork;
bool m_moved;                                  // feed_consumer.c
byte m_session, m_boot;

// --- lines ---------------------------------------------------------------------------------------------------

#define PULL 1
#define ACK 2
#define GIVEBACK 3
#define PUSH 4
#define ASK 5
#define REBASE 6
typedef msg_t {
  byte type, session, boot;
  byte after, upto;                            // PULL, ACK: position in `upto`
  byte w_boot, w_head;
  byte rec, ver, ver2                          // PUSH: record and version; GIVEBACK: versions of both
}
#define UP 0                                   // from M to H
#define DOWN SLOTS                             // from H to M
#define LINE (3 * SLOTS)
msg_t line[LINE];
msg_t m;                                       // the one that is handled, or made

// --- the run -------------------------------------------------------------------------------------------------

byte crashes, restores, images, tries;
bool calm, asked, heard;
byte stale;                                    // sessions of M begun before it was put back; a bit each
byte held;                                     // writes that some store holds

hidden byte i, j, k, x, y, z, lo, hi;
hidden byte ok;

#define BIT(n) (1 << (n))

// --- epochs: common/store/lineage.c ---------------------------------------------------------------------------------
// Macros where an inline may not be: spin takes no field of a structure through two of them.

// y = epoch if it is in the lineage of b, else 0; x = the epoch after it there
#define find_epoch(b, epoch) x = 0; y = b; do :: y == 0 || y == epoch -> break :: else -> x = y; y = parent[y] od
// where `epoch` ended in that lineage; it must be in it
#define end_of(b, top, epoch, ret) find_epoch(b, epoch); ret = (x == 0 -> top : start[x])

inline witness() { // lo, hi: present witness of H: the last epoch that wrote, and the head
  lo = (start[H.boot] == H.head -> parent[H.boot] : H.boot);
  hi = H.head
}
inline check(b, top) { // [1] ok: the witness is of our past; else z: where epochs part, which only FROM_THE_FORK asks
#ifdef NO_WITNESS
  ok = true
#else
  find_epoch(H.boot, b);
  ok = (b == 0 || y == b) && top <= (x == 0 -> H.head : start[x]);
  j = b;
  do
  :: find_epoch(H.boot, j); if :: j == 0 || y == j -> break :: else -> j = parent[j] fi
  od;
  if
  :: ok || j == 0 -> z = 0
  :: else -> end_of(H.boot, H.head, j, lo); end_of(b, top, j, hi); z = (lo < hi -> lo : hi)
  fi
#endif
}

#ifdef NO_INCARNATION
#define INC(v) 0
#else
#define INC(v) v_inc[v]
#endif
#define OVER(a, b) (v_seq[a] > v_seq[b] || (v_seq[a] == v_seq[b] && \
  (falling -> v_boot[a] < v_boot[b] : v_boot[a] > v_boot[b])))
#define NEWER(a, b) (INC(a) > INC(b) || (INC(a) == INC(b) && OVER(a, b)))
#define TRULY_NEWER(a, b) (v_inc[a] > v_inc[b] || (v_inc[a] == v_inc[b] && OVER(a, b)))

inline begin_epoch() { // one that wrote nothing leaves no trace: store.c
  n_boots++;
  assert(n_boots < BOOTS);
  parent[n_boots] = (H.boot != 0 && start[H.boot] == H.head -> parent[H.boot] : H.boot);
  start[n_boots] = H.head;
  H.boot = n_boots
}
inline new_version(says, upon) { // its number: n_versions
  n_versions++;
  assert(n_versions < VERSIONS);
  H.head++;
  v_inc[n_versions] = H.inc;
  v_seq[n_versions] = H.head;
  v_boot[n_versions] = H.boot;
  v_says[n_versions] = says;
#ifdef PAST_UNTOLD
  v_past[n_versions] = BIT(n_versions)
#else
  v_past[n_versions] = v_past[upon] | BIT(n_versions)
#endif
}
inline write(r) { // store_write
  new_version(v_says[H.cur[r]] | BIT(n_writes), H.cur[r]);
  n_writes++;
  H.cur[r] = n_versions;
  H.at[r] = H.head
}

// --- what must hold ------------------------------------------------------------------------------------------

inline count_held() { // i: writes that a store holds, as the present version or as a conflict
  i = 0;
  x = H.conflicts | disk.conflicts;
  for (y : 1 .. VERSIONS - 1) {
    if :: (x & BIT(y)) || H.cur[0] == y || H.cur[1] == y || disk.cur[0] == y || disk.cur[1] == y ->
          i = i | v_says[y]
    :: else
    fi
  }
}
// What a fault did not take is still there: nothing that a store holds is lost or silently overwritten.
inline nothing_lost() {
  count_held();
  assert((held & ~i) == 0);
  held = i
}
#define HAS(v, w) (v == w || TRULY_NEWER(v, w))
#define COVERED(r, p) (H.cur[r] == 0 || H.at[r] > p || HAS(disk.cur[r], H.cur[r]))
// An acknowledged position never covers what M lacks. (Nothing can be asked of one that M gave before it was put back.)
inline covered(s, p) {
  assert((stale & BIT(s)) || (COVERED(0, p) && COVERED(1, p)))
}
#define SAME_RECORDS (H.cur[0] == disk.cur[0] && H.cur[1] == disk.cur[1])

// --- sending: what finds no room is lost, as in any queue with a bound ---------------------------------------

inline clear(s) {
  s.type = 0; s.session = 0; s.boot = 0; s.after = 0; s.upto = 0;
  s.w_boot = 0; s.w_head = 0; s.rec = 0; s.ver = 0; s.ver2 = 0
}
inline copy(s, t) {
  t.type = s.type; t.session = s.session; t.boot = s.boot; t.after = s.after; t.upto = s.upto;
  t.w_boot = s.w_boot; t.w_head = s.w_head; t.rec = s.rec; t.ver = s.ver; t.ver2 = s.ver2
}
inline send(from, to) { // the message m into the first free slot
  j = from;
  do
  :: j == to || line[j].type == 0 -> break
  :: else -> j++
  od;
  if :: j < to -> copy(m, line[j]) :: else fi;
  clear(m)
}
#define send_up() send(UP, DOWN)
#define send_down() send(DOWN, LINE)
#define ROOM (line[LINE - 1].type == 0)
inline drop(n) { // the others move up: their order says nothing, any may be taken
  j = n;
  do
  :: j == DOWN - 1 || j == LINE - 1 -> break
  :: else -> copy(line[j + 1], line[j]); j++
  od;
  clear(line[j])
}

// --- M: the consumer half, feed_consumer.c -------------------------------------------------------------------

inline find_session() { // i: one that nothing names; they are random in the code
  i = 1;
  do
  :: ok = h_session == i || m_session == i;
     for (j : 0 .. LINE - 1) { ok = ok || line[j].session == i }
     if :: !ok -> break :: else -> i++ fi
  od
}
inline say_cursor(how) {
  m.type = how; m.session = m_session; m.upto = M.pos;
  if :: how == PULL -> m.w_boot = M.w_boot; m.w_head = M.w_head :: else -> m.boot = m_boot fi;
  send_up()
}
inline begin_session() {
  find_session();
  assert(i < 8);
  for (j : DOWN .. LINE - 1) { clear(line[j]) }                             // M would hear none of them
  m_session = i; stale = stale & ~BIT(i);
  m_boot = 0; m_moved = false; asked = false;
  clear(m);
  say_cursor(PULL)
}
#define PUT_BACK (restores > 0 || calm)        // else there are no conflicts: restarts leave none
inline keep_conflict(v) { assert(PUT_BACK); M.conflicts = M.conflicts | BIT(v) }
inline apply(r) { // [3] version k: the greater wins; M keeps its own as a conflict unless that descends from it
  i = M.cur[r];
  if
  :: i == 0 -> M.cur[r] = k
  :: i != 0 && NEWER(k, i) -> if :: !DESCENDS(k, i) -> keep_conflict(i) :: else fi; M.cur[r] = k
  :: else
  fi
}
#define COPY_HUB(s, t) t.cur[0] = s.cur[0]; t.cur[1] = s.cur[1]; t.pos = s.pos; \
  t.w_boot = s.w_boot; t.w_head = s.w_head; t.conflicts = s.conflicts
inline commit() {
#if defined(ACK_FIRST) || defined(TWO_TRANSACTIONS)
  COPY_HUB(M, disk);
  torn = false;
#endif
  nothing_lost()
}
inline take_push() { // records and cursor in one transaction, then the acknowledgement
  m_boot = m.boot;
  z = m.upto != m.after || m.w_head != M.w_head || (m.w_boot != SAME && m.w_boot != M.w_boot);
  m_moved = m_moved || z;
  if :: m.w_boot != SAME -> M.w_boot = m.w_boot :: else fi;
#ifdef WITNESS_IS_POSITION
  M.w_head = m.upto;
#else
  M.w_head = m.w_head;
#endif
  k = m.ver;
  if
  :: k != 0 && m.rec == 0 -> apply(0)
  :: k != 0 && m.rec == 1 -> apply(1)
  :: else
  fi;
  M.pos = m.upto;
  clear(m);
#if defined(ACK_FIRST)
  torn = true;
  if :: z -> say_cursor(ACK) :: else fi
#elif defined(TWO_TRANSACTIONS)
  disk.pos = M.pos; disk.w_boot = M.w_boot; disk.w_head = M.w_head;
  torn = true
#else
  commit();
  if :: z -> say_cursor(ACK) :: else fi
#endif
}
inline on_push() {
  heard = calm;
  if
#ifdef NO_BOOT
  :: m.after != M.pos -> begin_session()
#else
  :: m.after != M.pos || (m_boot != 0 && m_boot != m.boot) -> begin_session()
#endif
  :: else -> take_push()
  fi
}
inline give_back() {
  m.type = GIVEBACK; m.session = m_session; m.ver = M.cur[0]; m.ver2 = M.cur[1];
  send_up()
}
inline take_rebase() {
  M.pos = m.upto; M.w_boot = m.w_boot; M.w_head = m.w_head;
  commit();
  begin_session()
}
#define CURRENT (m.session == m_session)
#ifdef NO_LATE
#define LATE false
#else
#define LATE m_moved                           // late pushes moved the cursor that the producer judged
#endif
inline at_M() {
  if
  :: CURRENT && m.type == PUSH -> on_push()
  :: CURRENT && m.type != PUSH && LATE -> begin_session()
  :: CURRENT && m.type == ASK && !LATE -> clear(m); give_back()
  :: CURRENT && m.type == REBASE && !LATE -> take_rebase()
  :: else                                      // of an older session
  fi;
  clear(m)
}
inline boot_M() {
#if defined(ACK_FIRST) || defined(TWO_TRANSACTIONS)
  COPY_HUB(disk, M);
  torn = false;
#endif
  begin_session()
}

// --- H: the producer half, feed_producer.c -------------------------------------------------------------------

inline raise(v) { // [6]
  if :: H.inc <= v_inc[v] -> H.inc = v_inc[v] + 1 :: else fi
}
inline adopt(r) {
  raise(k);
  H.head++; H.cur[r] = k; H.at[r] = H.head
}
inline keep_both(r) {
  assert(PUT_BACK);
  if :: !(H.conflicts & BIT(k)) -> H.head++; H.conflicts = H.conflicts | BIT(k) :: else fi;
  if
  :: NEWER(k, i) -> raise(k); new_version(v_says[i], i); H.cur[r] = n_versions; H.at[r] = H.head
  :: else
  fi
}
inline come_back(r) { // [5] version k; apply.c apply_own
  i = H.cur[r];
  if
  :: k == 0 || (i != 0 && DESCENDS(i, k)) -> skip                           // our past
  :: k != 0 && (i == 0 || DESCENDS(k, i)) -> adopt(r)                       // made after the image
  :: else -> keep_both(r)                                                   // written on both sides
  fi
}
#define BEYOND(r) (H.cur[r] != 0 && H.at[r] > h_sent)
#define WAITING (BEYOND(0) || BEYOND(1))
inline push() { // the next record of the lane, or none; upto: its place, or the head behind the last
  m.type = PUSH; m.session = h_session; m.boot = H.boot; m.after = h_sent;
  m.rec = (BEYOND(1) && !(BEYOND(0) && H.at[0] < H.at[1]) -> 1 : 0);
  m.ver = (WAITING -> H.cur[m.rec] : 0);
  m.upto = (BEYOND(0) && BEYOND(1) -> H.at[m.rec] : H.head);
  witness();
  m.w_boot = (lo == 0 || lo == h_told -> SAME : lo);
  m.w_head = hi;
  h_told = lo;
  h_sent = m.upto;
  send_down()
}
inline send_rebase() { // [2] from zero, not from the fork: places have moved
  witness();
  m.type = REBASE; m.session = h_session; m.w_boot = lo; m.w_head = hi;
#ifdef FROM_THE_FORK
  m.upto = (h_pos < h_fork -> h_pos : h_fork);
#endif
  h_diverged = false; h_pos = 0; h_lost_boot = 0; h_lost_head = 0; h_fork = 0;
  send_down()
}
inline close_H() {
  h_open = false; h_diverged = false;
  h_sent = 0; h_told = 0; h_pos = 0; h_lost_boot = 0; h_lost_head = 0; h_fork = 0
}
inline serve() {
  h_open = true; h_sent = (h_pos < H.head -> h_pos : H.head); // [8]
  covered(h_session, h_pos);
  h_pos = 0; h_lost_boot = 0; h_lost_head = 0;
  push()
}
inline mark() { H.done = true; H.done_pos = h_pos; H.done_boot = h_lost_boot; H.done_head = h_lost_head }
inline on_pull() {
  close_H();
  h_session = m.session; h_pos = m.upto; h_lost_boot = m.w_boot; h_lost_head = m.w_head;
  clear(m);
  check(h_lost_boot, h_lost_head);
#ifdef NO_GIVEBACK
  if :: !ok -> mark() :: else fi;
#endif
  if
  :: ok -> serve()
  :: !ok && H.done && H.done_pos == h_pos && H.done_boot == h_lost_boot && H.done_head == h_lost_head ->
     h_fork = z; send_rebase()
  :: else -> // [2]
     h_fork = z; h_diverged = true;
     m.type = ASK; m.session = h_session;
     send_down()
#ifdef SERVES_DIVERGED
     ; h_open = true; h_sent = 0;
#endif
  fi
}
inline on_ack() {
  ok = h_open && m.session == h_session && m.upto <= h_sent;
#ifndef ACK_OF_ANY_EPOCH
  ok = ok && (m.boot == 0 || m.boot == H.boot);
#endif
  if :: ok -> covered(h_session, m.upto) :: else fi;
  ok = ok && calm && m.upto == h_sent;                                      // it asks whether we are there
  clear(m);
  if :: ok -> push() :: else fi
}
inline on_giveback() { // records and mark in one transaction
  if
  :: !h_diverged || m.session != h_session -> skip
  :: else ->
     k = m.ver; come_back(0);
     k = m.ver2; come_back(1);
     mark();
     nothing_lost();
     clear(m);
     send_rebase()
  fi
}
inline at_H() {
  if
  :: m.type == PULL -> on_pull()
  :: m.type == ACK -> on_ack()
  :: m.type == GIVEBACK -> on_giveback()
  fi;
  clear(m)
}
#define COPY_HOME(s, t) t.cur[0] = s.cur[0]; t.cur[1] = s.cur[1]; t.at[0] = s.at[0]; t.at[1] = s.at[1]; \
  t.head = s.head; t.inc = s.inc; t.boot = s.boot; \
  t.done_pos = s.done_pos; t.done_boot = s.done_boot; t.done_head = s.done_head; t.done = s.done; t.conflicts = s.conflicts
#define ZERO_HOME(t) t.cur[0] = 0; t.cur[1] = 0; t.at[0] = 0; t.at[1] = 0; \
  t.head = 0; t.inc = 1; t.boot = 0; t.done_pos = 0; t.done_boot = 0; t.done_head = 0; t.done = false; t.conflicts = 0
#define ZERO_HUB(t) t.cur[0] = 0; t.cur[1] = 0; t.pos = 0; t.w_boot = 0; t.w_head = 0; t.conflicts = 0
inline boot_H() { close_H(); h_session = 0; begin_epoch() }

// --- the world -----------------------------------------------------------------------------------------------

inline restored() {
  restores++;
  if :: restores == RESTORES -> images = IMAGES; ZERO_HOME(H_image); ZERO_HUB(M_image) :: else fi;
  count_held(); held = i
}
// What is still on its way may as well be lost: had it come, it could have come before. And what can no longer happen
// need not be told apart.
inline stop_faults() {
  calm = true;
  for (j : 0 .. LINE - 1) { clear(line[j]) }
  n_writes = 0; crashes = 0; restores = 0; images = 0;
  ZERO_HOME(H_image); ZERO_HUB(M_image)
}
#define QUIET (line[UP].type == 0 && line[DOWN].type == 0 && !torn && !(h_open && h_session == m_session && WAITING))
#define DELIVER_UP(n) atomic { line[UP + n].type != 0 -> d_step { copy(line[UP + n], m); drop(UP + n); at_H() } }
#define DELIVER_DOWN(n) atomic { line[DOWN + n].type != 0 && !torn -> d_step { copy(line[DOWN + n], m); drop(DOWN + n); at_M() } }
#define DOUBLE_UP(n) atomic { !calm && line[UP + n].type != 0 -> d_step { copy(line[UP + n], m); at_H() } }
#define DOUBLE_DOWN(n) atomic { !calm && line[DOWN + n].type != 0 && !torn -> d_step { copy(line[DOWN + n], m); at_M() } }
#define LOSE(n) atomic { !calm && line[n].type != 0 -> d_step { drop(n) } }

init {
  atomic { d_step { H.inc = 1; H_image.inc = 1; begin_epoch(); begin_session() } }
  do
  // the home at work; the first record written is the first
  :: atomic { !calm && n_writes < WRITES -> d_step { write(0); nothing_lost() } }
  :: atomic { !calm && n_writes > 0 && n_writes < WRITES -> d_step { write(1); nothing_lost() } }
    :: atomic { h_open && WAITING && ROOM && h_session == m_session -> d_step { push() } }
#if defined(ACK_FIRST)
  :: atomic { torn -> d_step { commit() } }
#elif defined(TWO_TRANSACTIONS)
  :: atomic { torn -> d_step { commit(); say_cursor(ACK) } }
#endif
  // lines
  :: DELIVER_UP(0)
  :: DELIVER_DOWN(0)
  :: DELIVER_DOWN(1)
  :: DOUBLE_UP(0)
  :: DOUBLE_DOWN(0)
  :: DOUBLE_DOWN(1)
  :: LOSE(0)
  :: LOSE(1)
  :: LOSE(2)
#if SLOTS > 1
  :: DELIVER_UP(1)
  :: DELIVER_DOWN(2)
  :: DELIVER_DOWN(3)
  :: DOUBLE_UP(1)
  :: DOUBLE_DOWN(2)
  :: DOUBLE_DOWN(3)
  :: LOSE(3)
  :: LOSE(4)
  :: LOSE(5)
#endif
  // a session that was silent begins anew
  :: atomic { !calm -> d_step { begin_session() } }
  // faults
  :: atomic { !calm && crashes < CRASHES -> d_step { crashes++; boot_H() }
     if :: n_boots == 2 -> falling = true :: skip fi }
  :: atomic { !calm && crashes < CRASHES -> d_step { crashes++; boot_M() } }
  :: atomic { !calm && images < IMAGES -> d_step { images++; COPY_HOME(H, H_image) } }
  :: atomic { !calm && images < IMAGES -> d_step { images++; COPY_HUB(disk, M_image) } }
  :: atomic { !calm && restores < RESTORES -> d_step { COPY_HOME(H_image, H); boot_H(); restored() }
     if :: n_boots == 2 -> falling = true :: skip fi }
  :: atomic { !calm && restores < RESTORES -> d_step { COPY_HUB(M_image, disk); stale = 255; boot_M(); restored() } }
  // no more faults; then silence is heard, and both must come to hold the same
  :: atomic { !calm -> d_step { stop_faults() } }
  :: atomic { calm && QUIET && !asked -> d_step { asked = true; heard = false; say_cursor(ACK) } }
  :: atomic { calm && QUIET && asked && !heard -> d_step { tries++; assert(tries <= TRIES); begin_session() } }
  :: atomic { calm && QUIET && asked && heard -> break }
  od;
  assert(SAME_RECORDS)
}
