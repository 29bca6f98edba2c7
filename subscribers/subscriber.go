package subscribers

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"slices"
	"strings"
	"time"
)

// State is where an address stands.
type State string

// The states of a subscriber.
const (
	Pending      State = "pending"
	Active       State = "active"
	Unsubscribed State = "unsubscribed"
	Bounced      State = "bounced"
	Complained   State = "complained"
)

var moves = map[State][]State{
	Pending:      {Active, Unsubscribed, Bounced, Complained},
	Active:       {Unsubscribed, Bounced, Complained},
	Unsubscribed: {Pending, Active},
	Bounced:      {Pending, Active, Complained},
	Complained:   {Pending, Active},
}

// To tells whether an address in this state may move to the other.
func (s State) To(next State) bool { return slices.Contains(moves[s], next) }

// MailableStates lists the states of addresses that may be mailed an issue. It is
// asked when the audience is frozen, and of every row again when it is begun.
func MailableStates() []State { return []State{Active} }

// ListedStates lists the states of addresses that are on the list: they may be mailed, or
// may confirm yet.
func ListedStates() []State { return []State{Active, Pending} }

// LeftStates lists the states of addresses whose reader left, by a link or by calling a
// mail spam.
func LeftStates() []State { return []State{Unsubscribed, Complained} }

// Suppressed tells whether an address may not be mailed until its owner confirms anew.
func (s State) Suppressed() bool { return slices.Contains(SuppressedStates(), s) }

// SuppressedStates lists the states of addresses that may not be mailed until their owner
// confirms anew.
func SuppressedStates() []State { return []State{Unsubscribed, Bounced, Complained} }

// Frequency is how often a subscriber wants a mail.
type Frequency string

// The frequencies.
const (
	Every   Frequency = "every"   // every issue
	Monthly Frequency = "monthly" // only the month's last issue
)

// FrequenciesFor lists the frequencies of the subscribers who get an issue.
func FrequenciesFor(lastOfMonth bool) []Frequency {
	if lastOfMonth {
		return []Frequency{Every, Monthly}
	}
	return []Frequency{Every}
}

// Subscriber is an address and what its owner chose.
type Subscriber struct {
	ID        int64
	Email     string // as typed, with the domain as lower-case A-labels
	Key       string // what makes two addresses the same: see address.Parse
	Name      string
	State     State
	Frequency Frequency
	// Token is in every link of every mail to this subscriber and lives as long
	// as mails do.
	Token       string
	CreatedAt   time.Time
	ConfirmedAt time.Time
	LeftAt      time.Time // since when it is unsubscribed, bounced or complained; zero for others
}

// Consent is the proof of how someone came to be on the list.
type Consent struct {
	At      time.Time
	IP      string // of the request; empty for an import
	Page    string // where it was given: an address, or the name of a command
	Wording string // what was agreed to
	// EnteredBy is who put the person on the list; "" when it was the person.
	EnteredBy string
}

// ConfirmationLife is how long the link of a confirmation mail works.
const ConfirmationLife = 7 * 24 * time.Hour

// TokenLength is the number of characters of a token.
const TokenLength = 26

var tokenAlphabet = base32.NewEncoding("abcdefghijklmnopqrstuvwxyz234567").WithPadding(base32.NoPadding)

// NewToken makes a token of 128 random bits for links in mails.
func NewToken() string {
	var b [16]byte
	rand.Read(b[:])
	return tokenAlphabet.EncodeToString(b[:])
}

// IsToken tells whether a text is shaped like a token.
func IsToken(s string) bool {
	if len(s) != TokenLength {
		return false
	}
	var raw [TokenLength]byte
	_, err := tokenAlphabet.Decode(raw[:], []byte(strings.ToLower(s)))
	return err == nil
}

// TokenKey is what a token is looked up by: a hash, so that the time a look-up
// takes tells nothing about the tokens that exist. ok is false for what cannot
// be a token.
func TokenKey(token string) (key string, ok bool) {
	token = strings.ToLower(token)
	if !IsToken(token) {
		return "", false
	}
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:16]), true
}

// Mask hides most of an address for a page that anyone with the link may see:
// "jo…@example.org".
func Mask(email string) string {
	local, domain, ok := strings.Cut(email, "@")
	if !ok {
		return "…"
	}
	keep := 2
	if len(local) < 4 {
		keep = 1
	}
	r := []rune(local)
	return string(r[:min(keep, len(r))]) + "…@" + domain
}
