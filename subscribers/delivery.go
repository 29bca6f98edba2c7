package subscribers

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"hash"
	"slices"
	"sync"
	"time"
)

// DeliveryState is where a row of the ledger stands; the package documentation
// draws it.
type DeliveryState string

// The states of a delivery.
const (
	Queued    DeliveryState = "queued"
	Claimed   DeliveryState = "claimed" // a worker has it; no server has heard of it
	InFlight  DeliveryState = "sending" // a server may have heard of it
	Delivered DeliveryState = "sent"
	Deferred  DeliveryState = "deferred"
	Failed    DeliveryState = "failed"
	Uncertain DeliveryState = "uncertain"
	Cancelled DeliveryState = "cancelled"
)

var deliveryMoves = map[DeliveryState][]DeliveryState{
	Queued:    {Claimed, Uncertain, Cancelled},
	Claimed:   {InFlight, Queued, Uncertain, Cancelled},
	InFlight:  {Delivered, Deferred, Failed, Uncertain, Queued},
	Deferred:  {Claimed, Queued, Delivered, Uncertain, Cancelled},
	Failed:    {Delivered, Queued},
	Uncertain: {Delivered, Queued, Failed},
}

// To tells whether a delivery in this state may move to the other. From
// sending back to queued goes only a row whose message the server never began
// to receive. From deferred and failed back to queued goes a row that was refused
// for what turned out to be our own fault, see [Cause.MayBeOurs]; what else leaves
// failed and uncertain, a person decides.
func (s DeliveryState) To(next DeliveryState) bool { return slices.Contains(deliveryMoves[s], next) }

// Known tells whether it is one of the states.
func (s DeliveryState) Known() bool {
	return slices.Contains(OpenStates(), s) || s == Delivered || s == Failed || s == Uncertain || s == Cancelled
}

// OpenStates lists the states of rows to which something still happens by itself.
func OpenStates() []DeliveryState { return []DeliveryState{Queued, Claimed, InFlight, Deferred} }

// ClaimableStates lists the states of rows that wait to be sent.
func ClaimableStates() []DeliveryState { return []DeliveryState{Queued, Deferred} }

// UnbegunStates lists the open states of rows that no server is hearing of now.
func UnbegunStates() []DeliveryState { return []DeliveryState{Queued, Claimed, Deferred} }

// SettledStates lists the states that end a row and that a person may decide anew.
func SettledStates() []DeliveryState { return []DeliveryState{Uncertain, Failed} }

// TakenStates lists the states of rows that a worker has taken.
func TakenStates() []DeliveryState { return []DeliveryState{Claimed, InFlight} }

// Terminal tells whether nothing more happens to the row by itself. An
// uncertain row waits for a person, and does not keep an issue from being
// finished.
func (s DeliveryState) Terminal() bool { return !slices.Contains(OpenStates(), s) }

// Delivery is one issue to one subscriber, as claimed for sending.
type Delivery struct {
	ID           int64
	IssueID      int64
	SubscriberID int64
	Email        string
	Name         string
	Token        string // the subscriber's
	State        DeliveryState
	// Fence counts claims, this one included: only the holder of the newest claim
	// can begin or settle the row.
	Fence    int
	Attempts int // how often it was begun
	// Unanswered counts how often its whole message was written and no answer came.
	Unanswered int
	FirstTry   time.Time // zero until it is begun
	NextTry    time.Time
	UpdatedAt  time.Time
	// WasDeferred tells of a row that was just claimed that it was deferred before.
	WasDeferred bool
	Outcome
}

// Outcome is what made a delivery, or a letter, what it is.
type Outcome struct {
	Cause Cause
	Code  int    // the SMTP reply code, 0 if none came
	Reply string // the server's words, "" if none came; at most 500 bytes
	Error string // what went wrong here, for a person; at most 500 bytes
}

// Words is what there is to read: the server's words, or Postbag's own, marked as such.
func (o Outcome) Words() string {
	if o.Reply == "" && o.Error != "" {
		return "Postbag: " + o.Error
	}
	return o.Reply
}

// Mailing is what all messages of one issue share and keep through every retry.
type Mailing struct {
	IssueID int64
	Begun   time.Time // the Date of every message (RFC 5322, 3.6.1)
	Domain  string    // right of the @ in every Message-ID
	// UnknownAsked tells that the mailing has paused because too many addresses were
	// refused. It does so once: a person who lets it go on has decided.
	UnknownAsked bool
}

// MessageID gives the id of one issue to one subscriber without its angle
// brackets: the same in every retry (RFC 5322, 3.6.4), unguessable without the
// publication's salt.
func (m Mailing) MessageID(salt []byte, subscriberID int64) string {
	return messageID(salt, m.Domain, "", m.IssueID, subscriberID)
}

// MessageIDs makes the ids of a mailing as [Mailing.MessageID] does, for many readers. It
// may be used by several goroutines.
type MessageIDs struct {
	of     Mailing
	makers sync.Pool
}

// MessageIDs is for a mailing to many.
func (m Mailing) MessageIDs(salt []byte) *MessageIDs {
	return &MessageIDs{of: m, makers: sync.Pool{New: func() any { return newIDMaker(salt) }}}
}

// For gives the id of the mail to one subscriber.
func (ids *MessageIDs) For(subscriberID int64) string {
	maker := ids.makers.Get().(*idMaker)
	defer ids.makers.Put(maker)
	return maker.id(ids.of.Domain, "", ids.of.IssueID, subscriberID)
}

// messageID makes an id of a use and two numbers.
func messageID(salt []byte, domain, use string, a, b int64) string {
	return newIDMaker(salt).id(domain, use, a, b)
}

// idMaker keeps what one id after another is made with.
type idMaker struct {
	mac hash.Hash
	in  []byte
	sum []byte
}

func newIDMaker(salt []byte) *idMaker { return &idMaker{mac: hmac.New(sha256.New, salt)} }

func (m *idMaker) id(domain, use string, a, b int64) string {
	m.in = binary.BigEndian.AppendUint64(m.in[:0], uint64(a))
	m.in = append(binary.BigEndian.AppendUint64(m.in, uint64(b)), use...)
	m.mac.Reset()
	m.mac.Write(m.in)
	m.sum = m.mac.Sum(m.sum[:0])
	m.in = append(append(hex.AppendEncode(m.in[:0], m.sum[:16]), '@'), domain...)
	return string(m.in)
}

// Counts are the rows of an issue's ledger by state.
type Counts map[DeliveryState]int

// Total is the size of the frozen audience.
func (c Counts) Total() int {
	n := 0
	for _, v := range c {
		n += v
	}
	return n
}

// Open counts the rows to which something will still happen.
func (c Counts) Open() int {
	n := 0
	for _, s := range OpenStates() {
		n += c[s]
	}
	return n
}
