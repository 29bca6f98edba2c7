package webhook

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"net/http"
	"strings"
	"time"

	"postbag/digest"
	"postbag/subscribers/bounce"
	"postbag/subscribers/report"
)

// sendGridWindow is how long a signature is good. SendGrid tries a day long.
const sendGridWindow = 25 * time.Hour

// The headers of a signature
// (https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/getting-started-event-webhook-security-features).
const (
	sendGridSignature = "X-Twilio-Email-Event-Webhook-Signature"
	sendGridTimestamp = "X-Twilio-Email-Event-Webhook-Timestamp"
)

// ParseSendGridKey reads the verification key as SendGrid shows it: the base64 of a
// public key on the curve P-256, with or without the lines of a PEM file around it. The
// error is of kind Invalid.
func ParseSendGridKey(key string) (*ecdsa.PublicKey, error) {
	const hint = `Copy it from "Signed Event Webhook" in the settings of the webhook at SendGrid.`
	var der []byte
	if block, _ := pem.Decode([]byte(strings.TrimSpace(key) + "\n")); block != nil {
		der = block.Bytes
	} else if b, err := base64.StdEncoding.DecodeString(strings.TrimSpace(key)); err == nil {
		der = b
	}
	parsed, err := x509.ParsePKIXPublicKey(der)
	if err != nil {
		return nil, digest.Fail(digest.Invalid, hint, "it is not the verification key of SendGrid")
	}
	public, ok := parsed.(*ecdsa.PublicKey)
	if !ok || public.Curve != elliptic.P256() {
		return nil, digest.Fail(digest.Invalid, hint, "it is no key on the curve P-256, as SendGrid's is")
	}
	return public, nil
}

// sendGrid checks the requests of SendGrid.
type sendGrid struct {
	key   *ecdsa.PublicKey
	clock digest.Clock
}

// verify checks the signature over the timestamp and the body.
func (s sendGrid) verify(_ context.Context, h http.Header, body []byte) ([]byte, error) {
	timestamp := h.Get(sendGridTimestamp)
	signature, err := base64.StdEncoding.DecodeString(h.Get(sendGridSignature))
	if err != nil {
		return nil, errForged
	}
	sum := sha256.New()
	sum.Write([]byte(timestamp))
	sum.Write(body)
	if !ecdsa.VerifyASN1(s.key, sum.Sum(nil), signature) || !inWindow(s.clock, seconds(text(timestamp)), sendGridWindow) {
		return nil, errForged
	}
	return body, nil
}

// sendGridEvent is one of the events of a request
// (https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event).
type sendGridEvent struct {
	ID             text `json:"sg_event_id"`
	Event          text `json:"event"`
	Type           text `json:"type"` // of a bounce: bounce or blocked
	Email          text `json:"email"`
	Timestamp      text `json:"timestamp"`
	Status         text `json:"status"`
	Reason         text `json:"reason"`
	Response       text `json:"response"` // of deferred
	Classification text `json:"bounce_classification"`
	MessageID      text `json:"sg_message_id"`
	SMTPID         text `json:"smtp-id"`
}

// readSendGrid reads a request.
func readSendGrid(body []byte) ([]bounce.Event, error) {
	all, err := several[sendGridEvent](body)
	if err != nil {
		return nil, err
	}
	events := make([]bounce.Event, 0, len(all))
	for _, s := range all {
		// What SendGrid calls the mail in its reply, a server's name and more follow.
		relay, _, _ := strings.Cut(string(s.MessageID), ".")
		e := bounce.Event{ID: string(s.ID), At: seconds(s.Timestamp), Person: bounce.Person{Addresses: []string{string(s.Email)}, MessageID: bare(s.SMTPID), RelayID: relay}}
		if e.ID == "" {
			e.ID = hashed(string(s.Event), string(s.MessageID), string(s.Email), string(s.Timestamp))
		}
		s.kind(&e)
		events = append(events, e)
	}
	return known(events), nil
}

// kind reads what an event says of the address.
func (s sendGridEvent) kind(e *bounce.Event) {
	switch s.Event {
	case "spamreport":
		e.Kind = report.Complaint
	case "unsubscribe", "group_unsubscribe":
		e.Kind = report.Unsubscribe
	case "deferred":
		words := s.Response
		if words == "" {
			words = s.Reason
		}
		late(e, string(s.Status), string(words))
	case "bounce":
		s.bounced(e)
	case "dropped":
		s.dropped(e)
	}
}

// bounced reads a mail that a server refused: for good, or "blocked" for what may pass.
func (s sendGridEvent) bounced(e *bounce.Event) {
	otherwise := report.Hard
	if s.Type == "blocked" {
		otherwise = report.Policy
	}
	switch strings.ToLower(string(s.Classification)) {
	case "content", "reputation", "frequency or volume too high":
		failed(e, string(s.Status), string(s.Reason), report.Policy)
		e.Kind = report.Policy
		return
	case "technical failure", "technical", "mailbox unavailable":
		otherwise = report.Soft
	}
	failed(e, string(s.Status), string(s.Reason), otherwise)
	if s.Type == "blocked" {
		passing(e)
	}
}

// dropped reads a mail that SendGrid did not try to deliver.
func (s sendGridEvent) dropped(e *bounce.Event) {
	e.Words = string(s.Reason)
	switch strings.ToLower(string(s.Reason)) {
	case "bounced address", "invalid":
		e.Kind = report.Hard
	case "spam reporting address":
		e.Kind = report.Complaint
	case "unsubscribed address":
		e.Kind = report.Unsubscribe
	default:
		e.Kind = report.Policy
	}
}
