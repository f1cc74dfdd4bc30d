// SPDX-License-Identifier: Apache-2.0
// A liar beside one hop: a home H, its hub M, and a neighbour L of M on the other side, who hands M any version of the
// record, true ones that were once written and forged ones that bear no seal, and says that it is gone. H may be put back
// to an image, M may lose its store. How messages are lost and doubled is hop.pml's; here each step is one that arrived.
#ifndef WRITES
#define WRITES 3
#endif
#define VERSIONS 12                            // 1 and 2 are forged
#define LOW 1                                  // as small as a first version, and without a past
#define HIGH 2                                 // greater than any, and upon all that were written
#define FORGED(v) (v == LOW || v == HIGH)
#define BIT(n) (1 << (n))
#define TRUE_ONES (~(BIT(LOW) | BIT(HIGH)))

byte v_inc[VERSIONS], v_seq[VERSIONS], v_says[VERSIONS];
short v_past[VERSIONS];
byte n_versions = 2, n_writes;
#define NEWER(a, b) (v_inc[a] > v_inc[b] || (v_inc[a] == v_inc[b] && v_seq[a] > v_seq[b]))
#define DESCENDS(a, b) (a == HIGH || (v_past[a] & BIT(b)) != 0)

byte h_cur, h_inc = 1, h_seq, h_image, h_image_inc = 1;
byte m_cur;
short h_conflicts, h_image_conflicts, m_conflicts, m_aside, m_shown;
bool h_fresh, m_fresh;                         // has something to tell the other
bool images, restores, wipes, gones, calm;
byte held, i, k;
short s;

inline new_version(says, past) {
  n_versions++;
  assert(n_versions < VERSIONS);
  h_seq++;
  v_inc[n_versions] = h_inc; v_seq[n_versions] = n_versions; // numbers of two epochs may differ; order is by inc
  v_says[n_versions] = says;
  v_past[n_versions] = past | BIT(n_versions);
  h_cur = n_versions; h_fresh = true
}
inline count_held() {
  i = 0; s = h_conflicts | m_conflicts | m_aside;
  for (k : 3 .. VERSIONS - 1) {
    if :: (s & BIT(k)) || h_cur == k || m_cur == k -> i = i | v_says[k] :: else fi
  }
}
inline nothing_lost() { count_held(); assert((held & ~i) == 0); held = i }
inline raise(v) { if :: h_inc <= v_inc[v] -> h_inc = v_inc[v] + 1 :: else fi }
inline go_on_above(v) { // common/store/apply.c
  if :: NEWER(v, h_cur) -> raise(v); new_version(v_says[h_cur], v_past[h_cur]) :: else fi
}
inline own(v) { // apply_own: a version that is said to be ours
  if
  :: FORGED(v) ->
#if defined(NO_SEAL)
     if :: h_cur == 0 || DESCENDS(v, h_cur) -> h_cur = v; h_fresh = true :: else fi
#elif defined(RAISE_UNSEALED)
     if :: v == HIGH -> h_inc = 200 :: else fi
#elif defined(CONFLICT_UNSEALED)
     if :: h_cur != 0 -> h_conflicts = h_conflicts | BIT(v) :: else fi
#else
     skip
#endif
  :: v == h_cur -> skip
  :: !FORGED(v) && v != h_cur && h_cur != 0 && DESCENDS(h_cur, v) -> go_on_above(v)
  :: !FORGED(v) && v != h_cur && (h_cur == 0 || DESCENDS(v, h_cur)) ->
     raise(v);
     if :: h_cur != 0 && NEWER(h_cur, v) -> raise(h_cur); new_version(v_says[v], v_past[v]) :: else -> h_cur = v; h_fresh = true fi
  :: else ->
     h_conflicts = h_conflicts | BIT(v); h_fresh = true;
     go_on_above(v)
  fi
}
// What H says now answers what stands upon it, and what H keeps beside.
inline settle() {
  for (k : 1 .. VERSIONS - 1) {
    if
    :: (m_aside & BIT(k)) && m_cur != 0 && !NEWER(k, m_cur) && (DESCENDS(m_cur, k) || ((h_conflicts | m_conflicts) & BIT(k))) ->
       m_aside = m_aside & ~BIT(k)
    :: else
    fi
  }
}
inline tell() { // H's word comes to M
  h_fresh = false;
  if
  :: h_cur != 0 && (m_cur == 0 || NEWER(h_cur, m_cur)) ->
     if :: m_cur != 0 && !DESCENDS(h_cur, m_cur) -> m_conflicts = m_conflicts | BIT(m_cur) :: else fi;
     m_cur = h_cur
  :: m_cur != 0 && h_cur != 0 && NEWER(m_cur, h_cur) -> m_fresh = true
  :: else
  fi;
  settle()
}
inline judge(v) { // M shows H what is kept aside for him
  m_shown = m_shown | BIT(v);
  own(v);
  h_fresh = true
}
inline hand(v) { // L hands M a version
#if defined(ASIDE_APPLIED)
  if :: m_cur == 0 || NEWER(v, m_cur) -> m_cur = v :: else fi
#elif defined(ASIDE_DROPPED)
  skip
#else
  if :: v != m_cur -> m_aside = m_aside | BIT(v); m_shown = m_shown & ~BIT(v) :: else fi
#endif
  ;
  if :: FORGED(v) -> skip :: else -> held = held | v_says[v] fi;
  settle()
}
inline say_gone() { // of the record, up to the greatest version: L does not speak for H
#ifdef GONE_OF_ANYBODY
  m_cur = 0
#else
  skip
#endif
}
inline honest() {
  assert(!FORGED(h_cur) && !FORGED(m_cur) && ((h_conflicts | m_conflicts) & ~TRUE_ONES) == 0);
  assert(h_inc <= 1 + n_versions);
  nothing_lost()
}
#define WAITS ((m_aside & ~m_shown) != 0)
#define HAND(v) atomic { !calm && (v <= n_versions) -> d_step { hand(v); honest() } }
#define SHOW(v) atomic { (m_aside & ~m_shown & BIT(v)) != 0 -> d_step { judge(v); honest() } }

init {
  d_step { v_inc[LOW] = 1; v_seq[LOW] = 1; v_past[LOW] = BIT(LOW); v_inc[HIGH] = 201; v_past[HIGH] = BIT(HIGH) }
  do
  :: atomic { !calm && n_writes < WRITES -> d_step {
       new_version(v_says[h_cur] | BIT(n_writes), v_past[h_cur]); n_writes++; honest() } }
  :: atomic { !calm && !images -> d_step { images = true; h_image = h_cur; h_image_inc = h_inc; h_image_conflicts = h_conflicts } }
  // its own cursor in M goes back with it
  :: atomic { !calm && !restores -> d_step { restores = true; h_cur = h_image; h_inc = h_image_inc; h_conflicts = h_image_conflicts;
       m_shown = 0; h_fresh = true; m_fresh = true; count_held(); held = i } }
  :: atomic { !calm && !wipes -> d_step { wipes = true; m_cur = 0; m_conflicts = 0; m_aside = 0; m_shown = 0; h_fresh = true;
       count_held(); held = i } }
  :: HAND(1)
  :: HAND(2)
  :: HAND(3)
  :: HAND(4)
  :: HAND(5)
  :: atomic { !calm && !gones -> d_step { gones = true; say_gone(); honest() } }
  :: atomic { h_fresh && !m_fresh -> d_step { tell(); honest() } }
  :: atomic { m_fresh -> d_step { m_fresh = false; if :: m_cur != 0 -> own(m_cur) :: else fi; h_fresh = true; honest() } }
  :: SHOW(1)
  :: SHOW(2)
  :: SHOW(3)
  :: SHOW(4)
  :: SHOW(5)
  :: atomic { !calm -> d_step { calm = true } }
  :: atomic { calm && !h_fresh && !m_fresh && !WAITS -> break }
  od;
  assert(m_cur == h_cur);
  assert((m_aside & TRUE_ONES) == 0)           // what H has truly written waits no more
}
