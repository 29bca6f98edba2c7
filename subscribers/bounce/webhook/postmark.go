package webhook

import (
	"postbag/subscribers/bounce"
	"postbag/subscribers/report"
)

// postmarkEvent is what Postmark tells, one event in a request
// (https://postmarkapp.com/developer/webhooks/webhooks-overview).
type postmarkEvent struct {
	RecordType text // Bounce, SpamComplaint, SubscriptionChange, and others
	ID         text // of bounces and complaints
	Type       text
	MessageID  text
	Email      text
	Details    text // the server's words
	BouncedAt  text

	// Of a SubscriptionChange:
	Recipient         text
	Origin            text // Recipient, Customer or Admin
	SuppressSending   bool
	SuppressionReason text // HardBounce, SpamComplaint or ManualSuppression
	ChangedAt         text
}

// postmarkKinds are the kinds of bounces by their types
// (https://postmarkapp.com/developer/api/bounce-api#bounce-types). The rest says
// nothing of the address, such as that somebody switched it off at Postmark.
var postmarkKinds = map[text]report.Kind{
	"HardBounce":            report.Hard,
	"BadEmailAddress":       report.Hard,
	"SoftBounce":            report.Soft,
	"DnsError":              report.Soft,
	"Unknown":               report.Soft,
	"Transient":             report.Delayed,
	"SpamNotification":      report.Policy,
	"VirusNotification":     report.Policy,
	"Blocked":               report.Policy,
	"DMARCPolicy":           report.Policy,
	"AutoResponder":         report.AutoReply,
	"AddressChange":         report.AutoReply,
	"ChallengeVerification": report.Challenge,
	"Unsubscribe":           report.Unsubscribe,
	"SpamComplaint":         report.Complaint,
}

// readPostmark reads a request.
func readPostmark(body []byte) ([]bounce.Event, error) {
	var p postmarkEvent
	if err := decode(body, &p); err != nil {
		return nil, err
	}
	e := bounce.Event{At: moment(p.BouncedAt), Person: bounce.Person{Addresses: []string{string(p.Email)}, RelayID: bare(p.MessageID)}}
	e.ID = "bounce-" + string(p.ID)
	switch kind := postmarkKinds[p.Type]; {
	case p.RecordType == "SpamComplaint":
		e.Kind = report.Complaint
	case p.RecordType == "SubscriptionChange":
		e.At, e.Addresses = moment(p.ChangedAt), []string{string(p.Recipient)}
		e.Kind = p.change()
		e.ID = hashed(string(p.RecordType), string(p.MessageID), string(p.Recipient), string(p.ChangedAt))
	case p.RecordType != "Bounce":
	case kind.Bounces():
		failed(&e, "", string(p.Details), kind)
		if kind != report.Hard {
			passing(&e)
		}
	case kind == report.Delayed:
		late(&e, "", string(p.Details))
	default:
		e.Kind, e.Words = kind, string(p.Details)
	}
	return known([]bounce.Event{e}), nil
}

// change gives what a change of a subscription means. A bounce comes as one, too, and
// what the operator did at Postmark is theirs.
func (p postmarkEvent) change() report.Kind {
	switch {
	case !p.SuppressSending:
	case p.SuppressionReason == "SpamComplaint":
		return report.Complaint
	case p.SuppressionReason == "ManualSuppression" && p.Origin == "Recipient":
		return report.Unsubscribe
	}
	return ""
}
