// Package account is who may work at the desk: editors and their roles, how they sign
// in, and the links that lead in.
//
// An editor signs in by a passkey, by a password, or by a link: one that is mailed
// works for [MailedLife], one that a command prints for [PrintedLife], each once. A
// link is 128 random bits, of which only a hash is kept; opening it changes nothing,
// pressing the button of its page does.
//
// # Attempts
//
// Nothing tells whether an address has an account: an unknown one costs the same hash,
// the same rows and gets the same answer, and counts against the same limits.
//
// Passwords that are wrong are counted for an hour, in three ways: from one network
// (a /24, or a /48 of IPv6), for one account from one network, and for one account
// from all networks that it has never been signed in from. A limit stops further
// passwords there, and nothing else. So whoever hammers an owner's address from
// elsewhere uses up what strangers have, and the owner gets in all the same:
//
//   - by the right password from a network that the account was signed in from within
//     [KnownLife]: what strangers try elsewhere does not count there;
//   - by the right password in a browser that was signed in to the account within
//     [DeviceLife], wherever it is: its attempts are counted apart;
//   - by a passkey, which is not limited, since it cannot be guessed;
//   - by a mailed link: one is mailed at most every [mailAgain], and works for
//     longer than that, so a good one is always in the mailbox, whoever asked for it;
//   - by a link that the command prints.
//
// An attempt is counted before the password is looked at, in the transaction that
// finds it allowed, so that many at once get no further than many in a row. What
// comes from this machine itself has no network: it comes through a proxy that is not
// trusted to say for whom.
//
// # Known browsers
//
// At each signing in the browser gets a second cookie, which proves that it was signed in
// to the account before, and opens nothing. What is tried in such a browser counts
// against its own limit, of as many wrong passwords an hour as one network has for an
// account, and neither against strangers nor by what they try. So strangers
// cannot lock an owner out whose network is new, or whose desk is behind a proxy
// that nobody named as trusted, where all come from one place.
//
// The cookie is the account's number, random bytes and an end, signed by HMAC-SHA-256
// under a key made of the publication's salt. A new password, and signing out
// everywhere, end the account's epoch, which is signed with them: older cookies are
// worth nothing then. A browser is known to the account that was signed in there
// last.
//
// # Memory
//
// At most [hashesAtOnce] passwords are hashed at once, of [hashMemory] KiB each; of
// those that wait, at most [hashesWaiting] do, and the others are told to come again.
package account
