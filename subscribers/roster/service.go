package roster

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/address"
)

// maxName bounds a name, in characters.
const maxName = 200

const consentHint = `Say how these people agreed, for example "Signed the list at the meeting of 3 May", or leave the confirmation to them.`

// Options is what a [Service] is made of; both are needed.
type Options struct {
	Store Store
	Clock digest.Clock
}

// Service does the operator's work on the list. It is safe for concurrent use.
type Service struct {
	store Store
	clock digest.Clock
}

// New makes a service.
func New(o Options) *Service { return &Service{store: o.Store, clock: o.Clock} }

// AddOptions says how a person comes onto the list.
type AddOptions struct {
	// Confirmed makes the person active without a confirmation of their own;
	// ConsentText then says how they agreed and is kept as the proof.
	Confirmed   bool
	ConsentText string
}

// Add puts one person on the list, and keeps with the consent who did: pending, with a confirmation to be mailed,
// unless o.Confirmed. A known address is left as it is and gives [Known]. One
// that left, bounced or complained gives [Kept] and an error of kind Conflict,
// since only its owner brings it back. An address that is not one, and
// Confirmed without a consent text, give an error of kind Invalid.
func (s *Service) Add(ctx context.Context, by digest.Actor, email, name string, o AddOptions) (Enrolled, error) {
	if err := checkConsent(o.Confirmed, o.ConsentText); err != nil {
		return "", err
	}
	addr, err := address.Parse(email)
	if err != nil {
		return "", fmt.Errorf("add a subscriber: %w", err)
	}
	now := s.clock.Now()
	entry := newEntry(addr, cleanName(name), now)
	entry.Consent = subscribers.Consent{At: now, Page: "subscriber add", Wording: clean(o.ConsentText), EnteredBy: by.Name}
	entry.become(o.Confirmed, now)
	outcomes, err := s.store.Enrol(ctx, digest.Audited{At: now, By: by, Did: digest.ReaderAdded, On: addr.Email}, []Entry{entry}, false)
	if err != nil {
		return "", fmt.Errorf("add a subscriber: %w", err)
	}
	if outcomes[0] == Kept {
		return Kept, digest.Fail(digest.Conflict, "Only the owner of the address can bring it back, with the sign-up form.",
			"%s was on the list before and left, bounced or complained", addr.Email)
	}
	return outcomes[0], nil
}

// Suppress keeps an address from being mailed, by a decision of the operator: as
// unsubscribed, bounced or complained, any other state being an error of kind Invalid. Who is on
// the list leaves it ([Ended]), who is not is kept as somebody who left ([Added]), and of who is
// suppressed already nothing changes ([Kept]).
func (s *Service) Suppress(ctx context.Context, by digest.Actor, email string, as subscribers.State) (Enrolled, error) {
	if !as.Suppressed() {
		return "", digest.Fail(digest.Invalid, "unsubscribed, bounced or complained.", "an address cannot be suppressed as %q", as)
	}
	addr, err := address.Parse(email)
	if err != nil {
		return "", fmt.Errorf("suppress an address: %w", err)
	}
	now := s.clock.Now()
	entry := newEntry(addr, "", now)
	entry.Subscriber.State, entry.Subscriber.LeftAt = as, now
	outcomes, err := s.store.Enrol(ctx, digest.Audited{At: now, By: by, Did: digest.AddressSuppressed, On: addr.Email, Words: string(as)}, []Entry{entry}, false)
	if err != nil {
		return "", fmt.Errorf("suppress an address: %w", err)
	}
	return outcomes[0], nil
}

// List calls yield for each subscriber that matches, by address, until yield
// gives an error, which it passes on.
func (s *Service) List(ctx context.Context, filter Filter, yield func(subscribers.Subscriber) error) error {
	if err := s.store.Subscribers(ctx, filter, yield); err != nil {
		return fmt.Errorf("list subscribers: %w", err)
	}
	return nil
}

// Counts counts the subscribers by state.
func (s *Service) Counts(ctx context.Context) (map[subscribers.State]int, error) {
	counts, err := s.store.SubscriberCounts(ctx)
	if err != nil {
		return nil, fmt.Errorf("count subscribers: %w", err)
	}
	return counts, nil
}

func newEntry(addr address.Address, name string, now time.Time) Entry {
	return Entry{
		At:      now,
		Mailbox: addr.Mailbox,
		Subscriber: subscribers.Subscriber{
			Email:     addr.Email,
			Key:       addr.Key,
			Name:      name,
			Frequency: subscribers.Every,
			Token:     subscribers.NewToken(),
			CreatedAt: now,
		},
	}
}

// become makes the entry active when it is confirmed, else pending with a
// confirmation to mail.
func (e *Entry) become(confirmed bool, now time.Time) {
	if confirmed {
		e.Subscriber.State = subscribers.Active
		if e.Subscriber.ConfirmedAt.IsZero() {
			e.Subscriber.ConfirmedAt = now
		}
		return
	}
	e.Subscriber.State = subscribers.Pending
	// The wait for the confirmation begins now, whenever the address was first
	// noted elsewhere.
	e.Subscriber.CreatedAt = now
	e.Subscriber.ConfirmedAt = time.Time{}
	e.Confirm = subscribers.NewToken()
	e.Expires = now.Add(subscribers.ConfirmationLife)
}

func checkConsent(confirmed bool, consent string) error {
	if confirmed && clean(consent) == "" {
		return digest.Fail(digest.Invalid, consentHint, "people cannot be added as confirmed without saying how they agreed")
	}
	return nil
}

// cleanName makes a name fit for a mail's header: one line without controls and
// marks of writing direction, and no longer than maxName.
func cleanName(name string) string {
	name = clean(name)
	if r := []rune(name); len(r) > maxName {
		name = strings.TrimSpace(string(r[:maxName]))
	}
	return name
}

// clean gives text on one line, with single spaces and without control
// characters or marks of writing direction.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(s), " ")
}
