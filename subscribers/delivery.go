package subscribers

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"slices"
	"time"
)

// DeliveryState is where a row of the ledger stands; the package documentation
// draws it.
type DeliveryState string

// The states of a delivery.
const (
	Queued    DeliveryState = "queued"
	InFlight  DeliveryState = "sending"
	Delivered DeliveryState = "sent"
	Deferred  DeliveryState = "deferred"
	Failed    DeliveryState = "failed"
	Uncertain DeliveryState = "uncertain"
	Cancelled DeliveryState = "cancelled"
)

var deliveryMoves = map[DeliveryState][]DeliveryState{
	Queued:    {InFlight, Cancelled},
	InFlight:  {Delivered, Deferred, Failed, Uncertain, Queued},
	Deferred:  {InFlight, Failed, Cancelled},
	Uncertain: {Delivered, Queued, Failed},
}

// To tells whether a delivery in this state may move to the other. From
// sending back to queued goes only a row whose message the server never began
// to receive.
func (s DeliveryState) To(next DeliveryState) bool { return slices.Contains(deliveryMoves[s], next) }

// Terminal tells whether nothing more happens to the row by itself. An
// uncertain row waits for a person, and does not keep an issue from being
// finished.
func (s DeliveryState) Terminal() bool {
	return s == Delivered || s == Failed || s == Cancelled || s == Uncertain
}

// Delivery is one issue to one subscriber, as claimed for sending.
type Delivery struct {
	ID           int64
	IssueID      int64
	SubscriberID int64
	Email        string
	Name         string
	Token        string // the subscriber's
	State        DeliveryState
	// Attempts counts claims, this one included; it is the fence: only the
	// holder of the newest claim can settle the row.
	Attempts  int
	FirstTry  time.Time // zero before the first claim
	NextTry   time.Time
	UpdatedAt time.Time
	Code      int    // SMTP reply code of the last result, 0 if none came
	Reply     string // the server's words
}

// Mailing is what all messages of one issue share and keep through every retry.
type Mailing struct {
	IssueID int64
	Begun   time.Time // the Date of every message (RFC 5322, 3.6.1)
	Domain  string    // right of the @ in every Message-ID
}

// MessageID gives the id of one issue to one subscriber without its angle
// brackets: the same in every retry (RFC 5322, 3.6.4), unguessable without the
// publication's salt.
func (m Mailing) MessageID(salt []byte, subscriberID int64) string {
	mac := hmac.New(sha256.New, salt)
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(m.IssueID))
	binary.BigEndian.PutUint64(b[8:], uint64(subscriberID))
	mac.Write(b[:])
	return hex.EncodeToString(mac.Sum(nil)[:16]) + "@" + m.Domain
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
func (c Counts) Open() int { return c[Queued] + c[InFlight] + c[Deferred] }
