package webhook

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"sync"
	"time"

	"postbag/digest"
	"postbag/subscribers/bounce"
	"postbag/subscribers/report"
)

// mailgunWindow is how long a signature is good. Mailgun tries eight hours long.
const mailgunWindow = 12 * time.Hour

// mailgunBody is a request of Mailgun
// (https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks).
type mailgunBody struct {
	Signature struct {
		Timestamp text `json:"timestamp"`
		Token     text `json:"token"`
		Signature text `json:"signature"`
	} `json:"signature"`
	Event mailgunEvent `json:"event-data"`
}

// mailgunEvent is what a request tells
// (https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/webhook-payloads).
type mailgunEvent struct {
	ID        text `json:"id"` // unique within a day
	Event     text `json:"event"`
	Severity  text `json:"severity"` // permanent or temporary
	Reason    text `json:"reason"`
	Recipient text `json:"recipient"`
	Timestamp text `json:"timestamp"`
	Status    struct {
		Code         text `json:"code"`
		EnhancedCode text `json:"enhanced-code"`
		Message      text `json:"message"`
		Description  text `json:"description"`
	} `json:"delivery-status"`
	Envelope struct {
		Sender text `json:"sender"`
	} `json:"envelope"`
	Message struct {
		Headers struct {
			MessageID text `json:"message-id"`
		} `json:"headers"`
	} `json:"message"`
}

// mailgun checks the requests of Mailgun.
type mailgun struct {
	key   string
	clock digest.Clock
	seen  tokens
}

// verify checks the HMAC over timestamp and token. These stand in the body, so its
// signature is read first, and by the same reader that reads the event.
func (m *mailgun) verify(_ context.Context, _ http.Header, body []byte) ([]byte, error) {
	var b mailgunBody
	if err := decode(body, &b); err != nil {
		return nil, errForged
	}
	mac := hmac.New(sha256.New, []byte(m.key))
	mac.Write([]byte(b.Signature.Timestamp))
	mac.Write([]byte(b.Signature.Token))
	sent, err := hex.DecodeString(string(b.Signature.Signature))
	if err != nil || !hmac.Equal(sent, mac.Sum(nil)) || b.Signature.Token == "" {
		return nil, errForged
	}
	if !inWindow(m.clock, seconds(b.Signature.Timestamp), mailgunWindow) {
		return nil, errForged
	}
	if !m.seen.bind(string(b.Signature.Token), body) {
		return nil, errForged
	}
	return body, nil
}

// mostTokens is how many tokens are remembered; bounces that came with older ones are
// known by their ids.
const mostTokens = 20000

// tokens remembers what each token was used for. Mailgun signs a token and not the
// event, so who has seen one request could put another event into it: a token is good
// for one body alone. It is remembered by this process until it ends.
type tokens struct {
	mu   sync.Mutex
	used map[string][sha256.Size]byte
	old  []string // the tokens, the oldest first
}

// bind tells whether a token was used for nothing else than a body.
func (t *tokens) bind(token string, body []byte) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	sum := sha256.Sum256(body)
	if was, ok := t.used[token]; ok {
		return was == sum
	}
	if t.used == nil {
		t.used = map[string][sha256.Size]byte{}
	}
	if len(t.old) >= mostTokens {
		delete(t.used, t.old[0])
		t.old = t.old[1:]
	}
	t.used[token], t.old = sum, append(t.old, token)
	return true
}

// readMailgun reads a request.
func readMailgun(body []byte) ([]bounce.Event, error) {
	var b mailgunBody
	if err := decode(body, &b); err != nil {
		return nil, err
	}
	m := b.Event
	at := seconds(m.Timestamp)
	e := bounce.Event{
		ID: at.Format(time.DateOnly) + "-" + string(m.ID), At: at,
		Person: bounce.Person{
			ReturnPaths: []string{string(m.Envelope.Sender)}, Addresses: []string{string(m.Recipient)},
			MessageID: bare(m.Message.Headers.MessageID), RelayID: bare(m.Message.Headers.MessageID),
		},
	}
	switch m.Event {
	case "complained":
		e.Kind = report.Complaint
	case "unsubscribed":
		e.Kind = report.Unsubscribe
	case "failed":
		m.failed(&e)
	}
	return known([]bounce.Event{e}), nil
}

// failed reads a failure. One that may pass is told at each try, the last as "old".
// Mailgun does not send to whom it has on its own lists.
func (m mailgunEvent) failed(e *bounce.Event) {
	words := string(m.Status.Message)
	if words == "" {
		words = string(m.Status.Description)
	}
	if code := string(m.Status.Code); len(code) == 3 && report.CodeIn(words) == 0 && report.CodeIn(code) >= 400 {
		words = code + " " + words
	}
	status := string(m.Status.EnhancedCode)
	switch {
	case m.Reason == "suppress-complaint":
		e.Kind = report.Complaint
	case m.Reason == "suppress-unsubscribe":
		e.Kind = report.Unsubscribe
	case m.Severity == "permanent":
		failed(e, status, words, report.Hard)
		if m.Reason == "old" {
			passing(e)
		}
	case m.Reason == "old":
		failed(e, status, words, report.Soft)
		passing(e)
	default:
		late(e, status, words)
	}
}
