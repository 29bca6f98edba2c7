// Package work shares recurring duties among processes. Every duty is a row of
// the database with the moment it is due next; a process that wants to work takes
// its leave by [Store.Join], claims what is due under a [Lease], does it, and sets the next
// moment. The database is all that the processes share.
//
//	           Claim                       Complete
//	waiting ──────────→ leased to a worker ──────────→ waiting for its next moment
//	   ↑                      │
//	   └──────────────────────┘ HandBack, Leave, or the worker's lease ran out
//
// A worker's lease is good for as long as it is renewed, by the database's clock. Once it
// ran out, anybody may end it, and what it held is due again. Every claim has a
// fence, a number that grows with each claim of that duty: a transaction under a
// lease begins by making sure that the fence is still its own, and holds it until
// it commits. So a process that stopped answering, was given up and wakes again
// changes nothing any more, and an occurrence takes effect once however many
// processes tried.
//
// What is due is judged by the program's clock, as everything an editor plans is;
// how long a process may be silent by the database's.
package work
