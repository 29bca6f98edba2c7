package webhook

import (
	"time"

	"postbag/subscribers/bounce"
	"postbag/subscribers/report"
)

// brevoEvent is what Brevo tells, alone or in a list
// (https://developers.brevo.com/docs/transactional-webhooks). The id is the webhook's,
// and the one time that is surely in UTC is ts_epoch.
type brevoEvent struct {
	Event     text `json:"event"`
	Email     text `json:"email"`
	MessageID text `json:"message-id"`
	Reason    text `json:"reason"`
	TSEvent   text `json:"ts_event"` // seconds
	TSEpoch   text `json:"ts_epoch"` // milliseconds
}

// readBrevo reads a request.
func readBrevo(body []byte) ([]bounce.Event, error) {
	all, err := several[brevoEvent](body)
	if err != nil {
		return nil, err
	}
	events := make([]bounce.Event, 0, len(all))
	for _, b := range all {
		e := bounce.Event{
			ID: hashed(string(b.Event), string(b.MessageID), string(b.Email), string(b.TSEvent), string(b.TSEpoch)), At: b.at(),
			Person: bounce.Person{Addresses: []string{string(b.Email)}, MessageID: bare(b.MessageID), RelayID: bare(b.MessageID)},
		}
		b.kind(&e)
		events = append(events, e)
	}
	return known(events), nil
}

func (b brevoEvent) at() time.Time {
	if len(b.TSEpoch) > 3 {
		return seconds(b.TSEpoch[:len(b.TSEpoch)-3])
	}
	return seconds(b.TSEvent)
}

// kind reads what an event says of the address. "Blocked" is who stands on Brevo's own
// list, for whatever reason.
func (b brevoEvent) kind(e *bounce.Event) {
	words := string(b.Reason)
	switch b.Event {
	case "hard_bounce", "invalid_email":
		failed(e, "", words, report.Hard)
	case "soft_bounce":
		failed(e, "", words, report.Soft)
		passing(e)
	case "blocked":
		e.Kind, e.Words = report.Policy, words
	case "deferred":
		late(e, "", words)
	case "spam", "complaint":
		e.Kind = report.Complaint
	case "unsubscribed", "unsubscribe":
		e.Kind = report.Unsubscribe
	}
}
