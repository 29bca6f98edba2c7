package webhook

import (
	"strconv"
	"strings"

	"postbag/subscribers/bounce"
	"postbag/subscribers/report"
)

// sesEvent is what Amazon SES tells a topic: as a notification of an identity
// (https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html), or as an event
// of a configuration set, which calls its type otherwise.
type sesEvent struct {
	NotificationType text `json:"notificationType"`
	EventType        text `json:"eventType"`

	Bounce struct {
		FeedbackID text         `json:"feedbackId"`
		Type       text         `json:"bounceType"` // Permanent, Transient or Undetermined
		SubType    text         `json:"bounceSubType"`
		Recipients []sesAddress `json:"bouncedRecipients"`
		Timestamp  text         `json:"timestamp"`
	} `json:"bounce"`
	Complaint struct {
		FeedbackID   text         `json:"feedbackId"`
		FeedbackType text         `json:"complaintFeedbackType"`
		Recipients   []sesAddress `json:"complainedRecipients"`
		Timestamp    text         `json:"timestamp"`
	} `json:"complaint"`
	Delay struct {
		Recipients []sesAddress `json:"delayedRecipients"`
		Timestamp  text         `json:"timestamp"`
	} `json:"deliveryDelay"`

	Mail struct {
		MessageID text `json:"messageId"` // as in the 250
		Source    text `json:"source"`    // the envelope sender
		Common    struct {
			MessageID text `json:"messageId"` // as we wrote it
		} `json:"commonHeaders"`
	} `json:"mail"`
}

type sesAddress struct {
	Email      text `json:"emailAddress"`
	Action     text `json:"action"`
	Status     text `json:"status"`
	Diagnostic text `json:"diagnosticCode"`
}

// readSES reads the message of a notification of SNS. A message of another kind, such as
// that a topic was tried, holds no events.
func readSES(message []byte) ([]bounce.Event, error) {
	if !strings.HasPrefix(strings.TrimLeft(string(message[:min(len(message), 64)]), " \t\r\n"), "{") {
		return nil, nil // SES tells in words that notifications were switched on
	}
	var s sesEvent
	if err := decode(message, &s); err != nil {
		return nil, err
	}
	switch kind := s.NotificationType + s.EventType; kind {
	case "Bounce":
		return s.events(s.Bounce.Recipients, s.Bounce.FeedbackID, s.Bounce.Timestamp, s.bounced), nil
	case "Complaint":
		return s.events(s.Complaint.Recipients, s.Complaint.FeedbackID, s.Complaint.Timestamp, func(e *bounce.Event, _ sesAddress) {
			// "not-spam" is the opposite, and "auth-failure" and "virus" say nothing of a
			// reader who complained (RFC 5965, 7.3).
			switch s.Complaint.FeedbackType {
			case "not-spam", "auth-failure", "virus":
			default:
				e.Kind = report.Complaint
			}
		}), nil
	case "DeliveryDelay":
		return s.events(s.Delay.Recipients, "", s.Delay.Timestamp, func(e *bounce.Event, a sesAddress) {
			late(e, string(a.Status), diagnostic(a.Diagnostic))
		}), nil
	}
	return nil, nil
}

// mostOfMail is how many recipients of a mail are looked at. Ours have one.
const mostOfMail = 50

// events makes an event of each recipient.
func (s sesEvent) events(recipients []sesAddress, id, at text, kind func(*bounce.Event, sesAddress)) []bounce.Event {
	var all []bounce.Event
	for i, a := range recipients[:min(len(recipients), mostOfMail)] {
		e := bounce.Event{
			ID: string(id) + "-" + strconv.Itoa(i), At: moment(at),
			Person: bounce.Person{
				ReturnPaths: []string{string(s.Mail.Source)}, Addresses: []string{string(a.Email)},
				MessageID: bare(s.Mail.Common.MessageID), RelayID: string(s.Mail.MessageID),
			},
		}
		if id == "" {
			e.ID = hashed(string(s.Mail.MessageID), string(a.Email), string(at))
		}
		kind(&e, a)
		all = append(all, e)
	}
	return known(all)
}

// bounced reads what a bounce says of a recipient
// (https://docs.aws.amazon.com/ses/latest/dg/notification-contents.html#bounce-types).
func (s sesEvent) bounced(e *bounce.Event, a sesAddress) {
	words := diagnostic(a.Diagnostic)
	switch {
	case a.Action == "delayed":
		late(e, string(a.Status), words)
	case s.Bounce.SubType == "UnsubscribedRecipient":
		e.Kind = report.Unsubscribe
	case s.Bounce.Type == "Permanent":
		failed(e, string(a.Status), words, report.Hard)
	case s.Bounce.Type == "Undetermined":
		failed(e, string(a.Status), words, report.Soft)
	default:
		otherwise := report.Soft
		switch s.Bounce.SubType {
		case "MessageTooLarge", "ContentRejected", "AttachmentRejected":
			otherwise = report.Policy
		}
		failed(e, string(a.Status), words, otherwise)
		passing(e)
	}
}

// diagnostic takes the type off a diagnostic code: "smtp; 550 5.1.1 no such user".
func diagnostic(t text) string {
	kind, words, found := strings.Cut(string(t), ";")
	if !found || !strings.EqualFold(strings.TrimSpace(kind), "smtp") {
		return string(t)
	}
	return strings.TrimSpace(words)
}
