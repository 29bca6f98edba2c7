// Package address reads mail addresses: what is one, when two are the same,
// and which mailbox a limit counts. It is pure. Whether an address answers, and
// whether anybody may write to it, is left to others.
package address
