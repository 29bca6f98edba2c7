package roster

import (
	"time"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/listfile"
)

// entry makes an entry of what a list says of a person.
func (o ImportOptions) entry(by digest.Actor, p listfile.Person, now time.Time) Entry {
	e := newEntry(p.Address, cleanName(p.Name), now)
	sub := &e.Subscriber
	if sub.State = p.State; sub.State == "" {
		sub.State = subscribers.Active
	}
	if o.As != "" && !sub.State.Suppressed() {
		sub.State = o.As
	}
	if p.Frequency != "" {
		sub.Frequency = p.Frequency
	}
	for _, moment := range []struct {
		said time.Time
		to   *time.Time
	}{{p.CreatedAt, &sub.CreatedAt}, {p.ConfirmedAt, &sub.ConfirmedAt}, {p.LeftAt, &sub.LeftAt}} {
		if !moment.said.IsZero() {
			*moment.to = moment.said
		}
		if moment.to.After(now) {
			*moment.to = now
		}
	}
	e.Consent = subscribers.Consent{At: now, Page: "subscriber import", Wording: clean(o.Consent), EnteredBy: by.Name}
	if own := clean(p.Consent); own != "" {
		e.Consent.Wording = own
	}
	if !sub.ConfirmedAt.IsZero() {
		e.Consent.At = sub.ConfirmedAt
	}
	e.settle(o.Confirmed, now)
	return e
}

// settle makes the state consistent: who left stays so, and nobody is active
// unless the operator says that these people agreed.
func (e *Entry) settle(confirmed bool, now time.Time) {
	sub := &e.Subscriber
	if sub.State.Suppressed() {
		if sub.LeftAt.IsZero() {
			sub.LeftAt = now
		}
		return
	}
	sub.LeftAt = time.Time{}
	e.become(confirmed && sub.State == subscribers.Active, now)
}
