package roster

import (
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/address"
)

// Window is how many addresses one page of a search looks through. What a longer list
// has further on is for the next page.
const Window = 20_000

// Page is a page of a list.
type Page struct {
	Readers []subscribers.Subscriber
	// Next is the id of the subscriber after which the list goes on; 0 where it ends.
	Next int64
	// Partly tells of a search that it has not looked through all of the list: Next goes
	// on with it, though the page may be empty.
	Partly bool
}

// Told is all that is known of a reader.
type Told struct {
	subscribers.Subscriber
	Consents      []subscribers.Consent // the newest first
	Confirmations []Asked               // the newest first
	Deliveries    []Received            // the newest first
	// Waiting counts the letters that wait to be mailed to them.
	Waiting int
}

// Asked is a mail that asked a reader to confirm.
type Asked struct{ At, Expires, Used time.Time }

// Received is an issue that was mailed to a reader, or was to be.
type Received struct {
	Issue  digest.Issue // without Blocks and Frozen
	Series string       // slug
	State  subscribers.DeliveryState
	At     time.Time
	subscribers.Outcome
}

// ReaderStore is what looking at readers asks of the database.
type ReaderStore interface {
	// SubscribersPage gives a page of at most n subscribers that match, by address key,
	// after the one with an id (0: from the beginning). A search looks at no more than
	// [Window] addresses.
	SubscribersPage(ctx context.Context, filter Filter, after int64, n int) (Page, error)
	SubscriberCounts(ctx context.Context) (map[subscribers.State]int, error)
	// Reader gives all that is known of a subscriber, with at most so many of each; the
	// error is of kind NotFound.
	Reader(ctx context.Context, id int64, most int) (Told, error)
	// SubscriberByKey gives the subscriber with an address key; the error is of kind NotFound.
	SubscriberByKey(ctx context.Context, key string) (subscribers.Subscriber, error)
	// Erase forgets a person: their row goes, or, where the ledger names it, all that
	// tells who it was. The error is of kind NotFound.
	Erase(ctx context.Context, by digest.Actor, id int64, at time.Time) error
}

// Readers looks at readers, and forgets them.
type Readers struct {
	Store ReaderStore
	Clock digest.Clock
}

// List gives a page of the list, by address.
func (r Readers) List(ctx context.Context, filter Filter, after int64, n int) (Page, error) {
	p, err := r.Store.SubscribersPage(ctx, filter, after, n)
	if err != nil {
		return p, fmt.Errorf("list readers: %w", err)
	}
	return p, nil
}

// States lists the states of readers, in the order in which they are shown.
func States() []subscribers.State {
	return []subscribers.State{subscribers.Active, subscribers.Pending, subscribers.Unsubscribed, subscribers.Bounced, subscribers.Complained}
}

// Counts counts readers by state.
func (r Readers) Counts(ctx context.Context) (map[subscribers.State]int, error) {
	counts, err := r.Store.SubscriberCounts(ctx)
	if err != nil {
		return nil, fmt.Errorf("count readers: %w", err)
	}
	return counts, nil
}

// mostTold bounds what is told of a reader.
const mostTold = 50

// Tell gives all that is known of a reader.
func (r Readers) Tell(ctx context.Context, id int64) (Told, error) {
	return r.Store.Reader(ctx, id, mostTold)
}

// Find gives who has an address; the error is of kind NotFound, or Invalid where it is no
// address.
func (r Readers) Find(ctx context.Context, email string) (subscribers.Subscriber, error) {
	addr, err := address.Parse(email)
	if err != nil {
		return subscribers.Subscriber{}, fmt.Errorf("find a reader: %w", err)
	}
	return r.Store.SubscriberByKey(ctx, addr.Key)
}

// Why says why nothing is mailed to who is in a state, "" for a state in which they are mailed
// or may confirm.
func Why(s subscribers.State) string { return why[s] }

var why = map[subscribers.State]string{
	subscribers.Unsubscribed: "They left. Nothing is mailed to them; only they can come back, with the sign-up form.",
	subscribers.Bounced:      "Mail to the address came back, or its server refused it. Nothing is mailed to them until they confirm anew.",
	subscribers.Complained:   "They complained to their mail provider. Nothing is mailed to them; only they can come back, with the sign-up form.",
}

// Suppression says what it means to suppress an address.
const Suppression = "Nothing is mailed to them any more, and no import brings them back. Only they can come back, with the sign-up form."

// Erasure says what it means to erase a reader.
func Erasure() []string {
	return []string{
		"Their address, name, and how they agreed are deleted. What was mailed to them stays counted, with nobody’s name.",
		"Of who had left, bounced or complained a hash of the address is kept, so that no import brings them back; anybody else is new to a list that has the address. It cannot be undone, and earlier backups still have it.",
	}
}

// Erase forgets a reader. What an address counted for the limits of sign-ups stays, as
// a hash, and so does that it may not be mailed, if it may not: no import brings it
// again before its owner confirms.
func (r Readers) Erase(ctx context.Context, by digest.Actor, id int64) error {
	return r.Store.Erase(ctx, by, id, r.Clock.Now())
}
