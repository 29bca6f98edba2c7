package roster

import (
	"fmt"
	"strings"
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/address"
)

// states maps what lists say about a person to our states; other programs' words
// are understood where their meaning is beyond doubt.
var states = map[string]subscribers.State{
	"": subscribers.Active, "active": subscribers.Active, "subscribed": subscribers.Active,
	"confirmed": subscribers.Active, "enabled": subscribers.Active,
	"pending": subscribers.Pending, "unconfirmed": subscribers.Pending,
	"unsubscribed": subscribers.Unsubscribed, "left": subscribers.Unsubscribed,
	"blocklisted": subscribers.Unsubscribed, "disabled": subscribers.Unsubscribed,
	"bounced": subscribers.Bounced, "cleaned": subscribers.Bounced,
	"complained": subscribers.Complained, "spam": subscribers.Complained,
}

// frequencies maps what lists say about how often a person wants the mail.
var frequencies = map[string]subscribers.Frequency{
	"": subscribers.Every, "every": subscribers.Every, "monthly": subscribers.Monthly,
}

// moments are the layouts in which a list may write a time; one without a zone
// is read as UTC.
var moments = []string{time.RFC3339, "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02"}

// left tells whether a person in this state must not come back by an import.
func left(s subscribers.State) bool {
	return s == subscribers.Unsubscribed || s == subscribers.Bounced || s == subscribers.Complained
}

// entry makes a person of a row. The error says in words why it cannot.
func (o ImportOptions) entry(by digest.Actor, r row, now time.Time) (Entry, error) {
	addr, err := address.Parse(strings.TrimSpace(r.cell("email")))
	if err != nil {
		return Entry{}, err
	}
	e := newEntry(addr, cleanName(r.cell("name")), now)
	sub := &e.Subscriber
	var ok bool
	if sub.State, ok = states[word(r.cell("state"))]; !ok {
		return Entry{}, fmt.Errorf("the state %.40q is not known", r.cell("state"))
	}
	if sub.Frequency, ok = frequencies[word(r.cell("frequency"))]; !ok {
		return Entry{}, fmt.Errorf("the frequency %.40q is not known", r.cell("frequency"))
	}
	if err := e.readMoments(r, now); err != nil {
		return Entry{}, err
	}
	e.Consent = subscribers.Consent{At: now, Page: "subscriber import", Wording: clean(o.Consent), EnteredBy: by.Name}
	if own := clean(r.cell("consent")); own != "" {
		e.Consent.Wording = own
	}
	if !sub.ConfirmedAt.IsZero() {
		e.Consent.At = sub.ConfirmedAt
	}
	e.settle(o.Confirmed, now)
	return e, nil
}

// settle makes the state consistent: who left stays so, and nobody is active
// unless the operator says that these people agreed.
func (e *Entry) settle(confirmed bool, now time.Time) {
	sub := &e.Subscriber
	if left(sub.State) {
		if sub.LeftAt.IsZero() {
			sub.LeftAt = now
		}
		return
	}
	sub.LeftAt = time.Time{}
	e.become(confirmed && sub.State == subscribers.Active, now)
}

func (e *Entry) readMoments(r row, now time.Time) error {
	for name, to := range map[string]*time.Time{
		"created_at":   &e.Subscriber.CreatedAt,
		"confirmed_at": &e.Subscriber.ConfirmedAt,
		"left_at":      &e.Subscriber.LeftAt,
	} {
		cell := strings.TrimSpace(r.cell(name))
		if cell == "" {
			continue
		}
		at, err := readMoment(cell)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if at.After(now) {
			at = now
		}
		*to = at
	}
	return nil
}

func readMoment(cell string) (time.Time, error) {
	for _, layout := range moments {
		if at, err := time.Parse(layout, cell); err == nil {
			return at.UTC(), nil
		}
	}
	return time.Time{}, fmt.Errorf("%.40q is not a time such as 2026-01-31T18:00:00Z", cell)
}

func word(cell string) string { return strings.ToLower(strings.TrimSpace(cell)) }
