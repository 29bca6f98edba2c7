package webhook

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/subscribers/bounce"
	"postbag/subscribers/report"
)

var now = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

const (
	topic      = "arn:aws:sns:eu-west-1:123456789012:postbag"
	certAt     = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
	testSecret = "a secret of the operator's"
	mailgunKey = "key of the account"
)

// taker keeps what it takes.
type taker struct {
	events []bounce.Event
	fails  error
}

func (t *taker) TakeAll(_ context.Context, events []bounce.Event) (map[bounce.Outcome]int, error) {
	if t.fails == nil {
		t.events = append(t.events, events...)
	}
	return nil, t.fails
}

// bench is a service with keys of which the test knows the other half.
type bench struct {
	*testing.T
	*Service
	took    taker
	clock   *digesttest.Clock
	amazon  *rsa.PrivateKey
	cert    []byte
	twilio  *ecdsa.PrivateKey
	fetched []string
	away    error // of what is fetched
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{T: t, clock: digesttest.NewClock(now)}
	var err error
	if b.amazon, err = rsa.GenerateKey(rand.Reader, 2048); err != nil {
		t.Fatal(err)
	}
	if b.twilio, err = ecdsa.GenerateKey(elliptic.P256(), rand.Reader); err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "sns.amazonaws.com"}, NotBefore: now.Add(-time.Hour), NotAfter: now.Add(1000 * time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &b.amazon.PublicKey, b.amazon)
	if err != nil {
		t.Fatal(err)
	}
	b.cert = pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	b.Service = New(Options{
		Keys:    Keys{SESTopic: topic, PostmarkSecret: testSecret, MailgunKey: mailgunKey, SendGridKey: &b.twilio.PublicKey, BrevoSecret: testSecret + "2"},
		Bounces: &b.took, Clock: b.clock,
		Fetch: func(_ context.Context, url string) ([]byte, error) {
			b.fetched = append(b.fetched, url)
			return b.cert, b.away
		},
	})
	return b
}

// sent sends a request, and gives the kind of its error; ok for none.
func (b *bench) sent(name bounce.Source, h http.Header, body string) (kind digest.Kind, ok bool) {
	b.Helper()
	err := b.Receive(b.Context(), string(name), "192.0.2.1", h, []byte(body))
	return digest.KindOf(err), err == nil
}

// events sends a request that must be taken, and gives what came of it.
func (b *bench) events(name bounce.Source, h http.Header, body string) []bounce.Event {
	b.Helper()
	b.took.events = nil
	if err := b.Receive(b.Context(), string(name), "", h, []byte(body)); err != nil {
		b.Fatalf("%s: %v\n%s", name, err, body)
	}
	for _, e := range b.took.events {
		if e.Source != name || !e.Signed || e.ID == "" {
			b.Errorf("%s gives %+v", name, e)
		}
	}
	return b.took.events
}

// refused sends a request that must change nothing.
func (b *bench) refused(what string, name bounce.Source, h http.Header, body string) {
	b.Helper()
	b.took.events = nil
	if kind, ok := b.sent(name, h, body); ok || kind != digest.Forbidden || len(b.took.events) > 0 {
		b.Errorf("%s of %s: kind %d, taken %v, %d events", what, name, kind, ok, len(b.took.events))
	}
}

func bearer(secret string) http.Header { return http.Header{"Authorization": {"Bearer " + secret}} }

func basic(secret string) http.Header {
	r := http.Request{Header: http.Header{}}
	r.SetBasicAuth("postbag", secret)
	return r.Header
}

// sns signs a message as the topic's.
func (b *bench) sns(message string, change ...func(*snsMessage)) string {
	b.Helper()
	m := snsMessage{Type: snsNotification, MessageID: "m-1", TopicArn: topic, Message: message, Timestamp: b.clock.Now().Format(time.RFC3339Nano), SignatureVersion: "2", SigningCertURL: certAt}
	for _, c := range change {
		c(&m)
	}
	hash, sum := crypto.SHA256, sha256.Sum256([]byte(m.signed()))
	digested := sum[:]
	if m.SignatureVersion == "1" {
		old := sha1.Sum([]byte(m.signed()))
		hash, digested = crypto.SHA1, old[:]
	}
	signature, err := rsa.SignPKCS1v15(rand.Reader, b.amazon, hash, digested)
	if err != nil {
		b.Fatal(err)
	}
	m.Signature = base64.StdEncoding.EncodeToString(signature)
	text, err := json.Marshal(m)
	if err != nil {
		b.Fatal(err)
	}
	return string(text)
}

// sendGrid signs a body as SendGrid does.
func (b *bench) sendGrid(body string, at time.Time) http.Header {
	b.Helper()
	timestamp := strconv.FormatInt(at.Unix(), 10)
	sum := sha256.Sum256([]byte(timestamp + body))
	signature, err := ecdsa.SignASN1(rand.Reader, b.twilio, sum[:])
	if err != nil {
		b.Fatal(err)
	}
	h := http.Header{}
	h.Set(sendGridSignature, base64.StdEncoding.EncodeToString(signature))
	h.Set(sendGridTimestamp, timestamp)
	return h
}

// mailgunSigned signs a token, and puts an event beside it.
func mailgunSigned(event, token string, at time.Time) string {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(mailgunKey))
	mac.Write([]byte(timestamp + token))
	return fmt.Sprintf(`{"signature":{"timestamp":"%s","token":"%s","signature":"%s"},"event-data":%s}`, timestamp, token, hex.EncodeToString(mac.Sum(nil)), event)
}

// sesBounce makes a notification about one reader.
func sesBounce(kind, sub, status, diagnostic string) string {
	return fmt.Sprintf(`{"notificationType":"Bounce","bounce":{"bounceType":%q,"bounceSubType":%q,"feedbackId":"f-1","timestamp":"2026-03-02T08:59:00.000Z",
		"bouncedRecipients":[{"emailAddress":"ada@reader.example","action":"failed","status":%q,"diagnosticCode":%q}]},
		"mail":{"messageId":"0102-relay","source":"bounce+x@bounces.example","commonHeaders":{"messageId":"<ours@news.example>"}}}`, kind, sub, status, diagnostic)
}

// TestKinds reads every kind of event of every provider.
func TestKinds(t *testing.T) {
	b := newBench(t)
	one := 0
	mailgun := func(event string) (bounce.Source, http.Header, string) {
		one++
		return Mailgun, nil, mailgunSigned(event, fmt.Sprint("token", one), now)
	}
	sendGrid := func(event string) (bounce.Source, http.Header, string) {
		body := `[{"email":"ada@reader.example","timestamp":1772441940,"sg_event_id":"e","sg_message_id":"relay.recvd-1","smtp-id":"<ours@news.example>",` + event + `}]`
		return SendGrid, b.sendGrid(body, now), body
	}
	ses := func(message string) (bounce.Source, http.Header, string) { return SES, nil, b.sns(message) }
	postmark := func(body string) (bounce.Source, http.Header, string) {
		return Postmark, basic(testSecret), `{"MessageID":"relay","Email":"ada@reader.example","ID":4323,"BouncedAt":"2026-03-02T09:59:00+01:00",` + body + `}`
	}
	brevo := func(body string) (bounce.Source, http.Header, string) {
		return Brevo, bearer(testSecret + "2"), `{"id":1,"email":"ada@reader.example","message-id":"<ours@news.example>","ts_epoch":1772441940000,` + body + `}`
	}
	type request func(string) (bounce.Source, http.Header, string)
	for _, c := range []struct {
		make   request
		body   string
		kind   report.Kind
		status string
		code   int
	}{
		{ses, sesBounce("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 no such user"), report.Hard, "5.1.1", 550},
		{ses, sesBounce("Permanent", "General", "5.0.0", "smtp; 554 go away"), report.Hard, "", 554},
		{ses, sesBounce("Permanent", "General", "5.7.1", "smtp; 550 5.7.1 blocked"), report.Policy, "5.7.1", 550},
		{ses, sesBounce("Permanent", "OnAccountSuppressionList", "", ""), report.Hard, "", 0},
		{ses, sesBounce("Permanent", "UnsubscribedRecipient", "", ""), report.Unsubscribe, "", 0},
		{ses, sesBounce("Transient", "MailboxFull", "5.2.2", "smtp; 552 5.2.2 full"), report.Soft, "5.2.2", 552},
		{ses, sesBounce("Transient", "General", "5.1.1", "smtp; 550 5.1.1 who"), report.Soft, "5.1.1", 550},
		{ses, sesBounce("Transient", "ContentRejected", "", ""), report.Policy, "", 0},
		{ses, sesBounce("Undetermined", "Undetermined", "", ""), report.Soft, "", 0},
		{ses, strings.Replace(sesBounce("Transient", "General", "4.4.1", "smtp; 421 later"), `"failed"`, `"delayed"`, 1), report.Delayed, "4.4.1", 421},
		{ses, `{"eventType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"ada@reader.example"}],"feedbackId":"f","complaintFeedbackType":"abuse"},"mail":{}}`, report.Complaint, "", 0},
		{ses, `{"eventType":"Complaint","complaint":{"complainedRecipients":[{"emailAddress":"ada@reader.example"}],"feedbackId":"f","complaintFeedbackType":"not-spam"},"mail":{}}`, "", "", 0},
		{ses, `{"eventType":"DeliveryDelay","deliveryDelay":{"timestamp":"2026-03-02T08:59:00Z","delayedRecipients":[{"emailAddress":"ada@reader.example","status":"4.4.1","diagnosticCode":"smtp; 421 4.4.1 later"}]},"mail":{}}`, report.Delayed, "4.4.1", 421},
		{ses, `{"eventType":"Delivery"}`, "", "", 0},
		{ses, `Successfully validated SNS topic for Amazon SES event publishing.`, "", "", 0},

		{postmark, `"RecordType":"Bounce","Type":"HardBounce","TypeCode":1,"Details":"smtp;550 5.1.1 no such user"`, report.Hard, "5.1.1", 0},
		{postmark, `"RecordType":"Bounce","Type":"HardBounce","Details":"550 5.7.1 spam"`, report.Policy, "5.7.1", 550},
		{postmark, `"RecordType":"Bounce","Type":"BadEmailAddress"`, report.Hard, "", 0},
		{postmark, `"RecordType":"Bounce","Type":"SoftBounce","Details":"552 full"`, report.Soft, "", 552},
		{postmark, `"RecordType":"Bounce","Type":"SoftBounce","Details":"550 5.1.1 who"`, report.Soft, "5.1.1", 550},
		{postmark, `"RecordType":"Bounce","Type":"Transient","Details":"421 4.4.1 later"`, report.Delayed, "4.4.1", 421},
		{postmark, `"RecordType":"Bounce","Type":"Blocked"`, report.Policy, "", 0},
		{postmark, `"RecordType":"Bounce","Type":"AutoResponder"`, report.AutoReply, "", 0},
		{postmark, `"RecordType":"Bounce","Type":"ChallengeVerification"`, report.Challenge, "", 0},
		{postmark, `"RecordType":"Bounce","Type":"ManuallyDeactivated"`, "", "", 0},
		{postmark, `"RecordType":"SpamComplaint","Type":"SpamComplaint"`, report.Complaint, "", 0},
		{postmark, `"RecordType":"SubscriptionChange","Recipient":"ada@reader.example","Origin":"Recipient","SuppressSending":true,"SuppressionReason":"ManualSuppression"`, report.Unsubscribe, "", 0},
		{postmark, `"RecordType":"SubscriptionChange","Recipient":"ada@reader.example","Origin":"Recipient","SuppressSending":true,"SuppressionReason":"SpamComplaint"`, report.Complaint, "", 0},
		{postmark, `"RecordType":"SubscriptionChange","Recipient":"ada@reader.example","Origin":"Customer","SuppressSending":true,"SuppressionReason":"ManualSuppression"`, "", "", 0},
		{postmark, `"RecordType":"SubscriptionChange","Recipient":"ada@reader.example","SuppressSending":false,"SuppressionReason":null`, "", "", 0},
		{postmark, `"RecordType":"Delivery"`, "", "", 0},

		{mailgun, `{"event":"failed","severity":"permanent","reason":"bounce","id":"i","timestamp":1772441940.5,"recipient":"ada@reader.example","delivery-status":{"code":550,"enhanced-code":"5.1.1","message":"5.1.1 no such user"}}`, report.Hard, "5.1.1", 550},
		{mailgun, `{"event":"failed","severity":"permanent","reason":"suppress-bounce","id":"i","recipient":"ada@reader.example","delivery-status":{"code":605}}`, report.Hard, "", 0},
		{mailgun, `{"event":"failed","severity":"permanent","reason":"suppress-complaint","id":"i","recipient":"ada@reader.example"}`, report.Complaint, "", 0},
		{mailgun, `{"event":"failed","severity":"permanent","reason":"suppress-unsubscribe","id":"i","recipient":"ada@reader.example"}`, report.Unsubscribe, "", 0},
		{mailgun, `{"event":"failed","severity":"temporary","reason":"generic","id":"i","recipient":"ada@reader.example","delivery-status":{"code":452,"message":"4.2.2 full"}}`, report.Delayed, "4.2.2", 452},
		{mailgun, `{"event":"failed","severity":"temporary","reason":"old","id":"i","recipient":"ada@reader.example","delivery-status":{"code":498}}`, report.Soft, "", 498},
		{mailgun, `{"event":"complained","id":"i","recipient":"ada@reader.example"}`, report.Complaint, "", 0},
		{mailgun, `{"event":"unsubscribed","id":"i","recipient":"ada@reader.example"}`, report.Unsubscribe, "", 0},
		{mailgun, `{"event":"opened","id":"i","recipient":"ada@reader.example"}`, "", "", 0},

		{sendGrid, `"event":"bounce","type":"bounce","status":"5.1.1","reason":"550 5.1.1 no such user"`, report.Hard, "5.1.1", 550},
		{sendGrid, `"event":"bounce","type":"bounce","status":"5.0.0","reason":"550 5.2.2 full"`, report.Soft, "5.2.2", 550},
		{sendGrid, `"event":"bounce","type":"bounce","bounce_classification":"Invalid Address","reason":"unable to resolve"`, report.Hard, "", 0},
		{sendGrid, `"event":"bounce","type":"blocked","reason":"550 denied"`, report.Policy, "", 550},
		{sendGrid, `"event":"bounce","type":"blocked","status":"5.1.1","reason":"550 5.1.1 who"`, report.Soft, "5.1.1", 550},
		{sendGrid, `"event":"bounce","type":"bounce","bounce_classification":"Reputation","status":"5.1.1","reason":"550 listed"`, report.Policy, "5.1.1", 550},
		{sendGrid, `"event":"dropped","reason":"Bounced Address"`, report.Hard, "", 0},
		{sendGrid, `"event":"dropped","reason":"Spam Reporting Address"`, report.Complaint, "", 0},
		{sendGrid, `"event":"dropped","reason":"Unsubscribed Address"`, report.Unsubscribe, "", 0},
		{sendGrid, `"event":"dropped","reason":"Spam Content"`, report.Policy, "", 0},
		{sendGrid, `"event":"deferred","response":"450 4.2.0 later"`, report.Delayed, "4.2.0", 450},
		{sendGrid, `"event":"spamreport"`, report.Complaint, "", 0},
		{sendGrid, `"event":"group_unsubscribe","asm_group_id":1`, report.Unsubscribe, "", 0},
		{sendGrid, `"event":"processed"`, "", "", 0},

		{brevo, `"event":"hard_bounce","reason":"550 5.1.1 no such user"`, report.Hard, "5.1.1", 550},
		{brevo, `"event":"soft_bounce","reason":"550 5.1.1 who"`, report.Soft, "5.1.1", 550},
		{brevo, `"event":"invalid_email"`, report.Hard, "", 0},
		{brevo, `"event":"blocked","reason":"blocked : due to blacklist user"`, report.Policy, "", 0},
		{brevo, `"event":"deferred","reason":"421 later"`, report.Delayed, "", 421},
		{brevo, `"event":"spam"`, report.Complaint, "", 0},
		{brevo, `"event":"unsubscribed"`, report.Unsubscribe, "", 0},
		{brevo, `"event":"delivered"`, "", "", 0},
	} {
		name, h, body := c.make(c.body)
		got := b.events(name, h, body)
		if c.kind == "" {
			if len(got) != 0 {
				t.Errorf("%s %s gives %+v", name, c.body, got)
			}
			continue
		}
		if len(got) != 1 || got[0].Kind != c.kind || got[0].Status != c.status || got[0].Code != c.code || len(got[0].Addresses) != 1 || got[0].Addresses[0] != "ada@reader.example" {
			t.Errorf("%s %s\ngives %+v\nwant %s %s %d", name, c.body, got, c.kind, c.status, c.code)
		}
	}
}

// TestWhoIsMeant reads by what each provider names the mail.
func TestWhoIsMeant(t *testing.T) {
	b := newBench(t)
	at := time.Date(2026, 3, 2, 8, 59, 0, 0, time.UTC)
	send := `[{"event":"spamreport","email":"ada@reader.example","timestamp":1772441940,"sg_event_id":"e","sg_message_id":"re_la-y.recvd-1","smtp-id":"<ours@news.example>"}]`
	for _, c := range []struct {
		name              bounce.Source
		h                 http.Header
		body              string
		path, ours, name2 string
	}{
		{SES, nil, b.sns(sesBounce("Permanent", "General", "5.1.1", "")), "bounce+x@bounces.example", "ours@news.example", "0102-relay"},
		{Postmark, basic(testSecret), `{"RecordType":"SpamComplaint","ID":1,"MessageID":"883953f4","Email":"ada@reader.example","BouncedAt":"2026-03-02T08:59:00Z"}`, "", "", "883953f4"},
		{Mailgun, nil, mailgunSigned(`{"event":"complained","id":"i","timestamp":1772441940,"recipient":"ada@reader.example","envelope":{"sender":"bounce+x@bounces.example"},"message":{"headers":{"message-id":"ours@news.example"}}}`, "t", now), "bounce+x@bounces.example", "ours@news.example", "ours@news.example"},
		{SendGrid, b.sendGrid(send, now), send, "", "ours@news.example", "re_la-y"},
		{Brevo, bearer(testSecret + "2"), `[{"event":"spam","email":"ada@reader.example","message-id":"<ours@news.example>","ts_event":1772441940}]`, "", "ours@news.example", "ours@news.example"},
	} {
		got := b.events(c.name, c.h, c.body)
		if len(got) != 1 || strings.Join(got[0].ReturnPaths, "") != c.path || got[0].MessageID != c.ours || got[0].RelayID != c.name2 || !got[0].At.Equal(at) {
			t.Errorf("%s gives %+v", c.name, got)
			continue
		}
		again := b.events(c.name, c.h, c.body)
		if again[0].ID != got[0].ID {
			t.Errorf("%s calls the event %q and then %q", c.name, got[0].ID, again[0].ID)
		}
	}
}

// TestForged sends what is not proved: it changes nothing, whoever is said to send it.
func TestForged(t *testing.T) {
	b := newBench(t)
	body := `[{"event":"spamreport","email":"ada@reader.example","sg_event_id":"e"}]`
	good := b.sendGrid(body, now)
	other, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	b.refused("another body", SendGrid, good, strings.Replace(body, "ada", "bob", 1))
	b.refused("no signature", SendGrid, http.Header{}, body)
	b.refused("an old signature", SendGrid, b.sendGrid(body, now.Add(-26*time.Hour)), body)
	b.refused("one of the future", SendGrid, b.sendGrid(body, now.Add(time.Hour)), body)
	changed := good.Clone()
	changed.Set(sendGridTimestamp, strconv.FormatInt(now.Unix()+1, 10))
	b.refused("another timestamp", SendGrid, changed, body)
	b.twilio, other = other, b.twilio
	b.refused("another key", SendGrid, b.sendGrid(body, now), body)
	b.twilio = other

	event := `{"event":"complained","id":"i","recipient":"ada@reader.example"}`
	b.refused("an unsigned one", Mailgun, nil, `{"event-data":`+event+`}`)
	b.refused("a changed token", Mailgun, nil, strings.Replace(mailgunSigned(event, "token", now), `"token":"token"`, `"token":"tokem"`, 1))
	b.refused("an old one", Mailgun, nil, mailgunSigned(event, "token", now.Add(-13*time.Hour)))
	b.refused("no JSON", Mailgun, nil, `event=complained`)
	first := mailgunSigned(event, "token", now)
	b.events(Mailgun, nil, first)
	b.events(Mailgun, nil, first)
	b.refused("another event with a used token", Mailgun, nil, strings.Replace(first, "ada", "bob", 1))

	complaint := `{"RecordType":"SpamComplaint","ID":1,"Email":"ada@reader.example"}`
	b.refused("no secret", Postmark, http.Header{}, complaint)
	b.refused("an empty secret", Postmark, basic(""), complaint)
	b.refused("another secret", Postmark, basic(testSecret+"2"), complaint)
	b.refused("Brevo with Postmark's", Brevo, bearer(testSecret), `{"event":"spam","email":"ada@reader.example"}`)
	b.refused("another scheme", Brevo, http.Header{"Authorization": {"Digest " + testSecret + "2"}}, `{"event":"spam","email":"ada@reader.example"}`)
	b.refused("a message of SNS", Mailgun, nil, b.sns(sesBounce("Permanent", "General", "5.1.1", "")))

	if err := b.Admit("ses", "192.0.2.9"); err != nil {
		t.Error(err)
	}
	if err := b.Admit("nobody", ""); digest.KindOf(err) != digest.NotFound {
		t.Errorf("a provider that is none: %v", err)
	}
	if err := New(Options{Clock: b.clock}).Admit("brevo", ""); digest.KindOf(err) != digest.NotFound {
		t.Errorf("a provider that is not set up: %v", err)
	}
}

// TestSNS checks the signatures of Amazon, and from where its certificates are fetched.
func TestSNS(t *testing.T) {
	b := newBench(t)
	message := sesBounce("Permanent", "General", "5.1.1", "")
	for _, version := range []string{"1", "2"} {
		if got := b.events(SES, nil, b.sns(message, func(m *snsMessage) { m.SignatureVersion = version })); len(got) != 1 {
			t.Errorf("version %s: %v", version, got)
		}
	}
	subject := "Amazon SES Email Event Notification"
	b.events(SES, nil, b.sns(message, func(m *snsMessage) { m.Subject = &subject }))
	if len(b.fetched) != 1 || b.fetched[0] != certAt {
		t.Errorf("fetched are %v", b.fetched)
	}
	for what, change := range map[string]func(*snsMessage){
		"version 3":     func(m *snsMessage) { m.SignatureVersion = "3" },
		"another topic": func(m *snsMessage) { m.TopicArn += "2" },
		"an old one":    func(m *snsMessage) { m.Timestamp = now.Add(-3 * time.Hour).Format(time.RFC3339) },
		"no moment":     func(m *snsMessage) { m.Timestamp = "yesterday" },
		"another type":  func(m *snsMessage) { m.Type = "Rumour" },
		"another host": func(m *snsMessage) {
			m.SigningCertURL = strings.Replace(certAt, "amazonaws.com", "amazonaws.com.evil.example", 1)
		},
		"another region": func(m *snsMessage) { m.SigningCertURL = strings.Replace(certAt, "eu-west-1", "us-east-1", 1) },
		"a user in the address": func(m *snsMessage) {
			m.SigningCertURL = strings.Replace(certAt, "https://", "https://sns.eu-west-1.amazonaws.com@", 1)
		},
		"another scheme": func(m *snsMessage) { m.SigningCertURL = strings.Replace(certAt, "https", "http", 1) },
		"another port":   func(m *snsMessage) { m.SigningCertURL = strings.Replace(certAt, ".com/", ".com:444/", 1) },
		"another path":   func(m *snsMessage) { m.SigningCertURL = strings.Replace(certAt, "/Simple", "/x/../Simple", 1) },
		"a query":        func(m *snsMessage) { m.SigningCertURL += "?x=1" },
		"no certificate": func(m *snsMessage) { m.SigningCertURL = "" },
	} {
		b.refused(what, SES, nil, b.sns(message, change))
	}
	b.refused("a changed message", SES, nil, strings.Replace(b.sns(message), "ada@", "bob@", 1))
	if len(b.fetched) != 1 {
		t.Errorf("fetched are %v", b.fetched)
	}

	confirm := func(m *snsMessage) {
		m.Type, m.Token, m.SubscribeURL = snsConfirmation, "to&ken", "https://evil.example/"
	}
	if got := b.events(SES, nil, b.sns("You have chosen to subscribe", confirm)); len(got) != 0 {
		t.Errorf("a confirmation gives %v", got)
	}
	if want := "https://sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&Token=to%26ken&TopicArn=arn%3Aaws%3Asns%3Aeu-west-1%3A123456789012%3Apostbag"; len(b.fetched) != 2 || b.fetched[1] != want {
		t.Errorf("fetched are %v", b.fetched)
	}
	b.refused("a confirmation that is not signed", SES, nil, strings.Replace(b.sns("x", confirm), "evil", "devil", 1))
	b.events(SES, nil, b.sns("The end", func(m *snsMessage) { m.Type = snsEnd }))

	elsewhere := func(i int) func(*snsMessage) {
		return func(m *snsMessage) { m.SigningCertURL = strings.Replace(certAt, "0123", fmt.Sprint(i), 1) }
	}
	b.away = digest.Fail(digest.Unavailable, "", "no answer")
	if kind, ok := b.sent(SES, nil, b.sns(message, elsewhere(1))); ok || kind != digest.Unavailable {
		t.Errorf("without the certificate it is %d", kind)
	}
	b.away = digest.Fail(digest.NotFound, "", "nothing there")
	for i := range 100 {
		b.sent(SES, nil, b.sns(message, elsewhere(i)))
	}
	if len(b.fetched) > mostFetches || len(b.Service.providers) != 5 {
		t.Errorf("%d fetches", len(b.fetched))
	}
	if got := b.events(SES, nil, b.sns(message)); len(got) != 1 {
		t.Error("what strangers name pushes the good certificate out")
	}
	b.clock.Move(keptFor + time.Hour)
	b.away, b.fetched = nil, nil
	if b.events(SES, nil, b.sns(message)); len(b.fetched) != 1 {
		t.Errorf("a day later %v is fetched", b.fetched)
	}
	b.clock.Move(1000 * time.Hour)
	b.refused("a certificate that is over", SES, nil, b.sns(message))
}

// TestLimits bounds what a request can cost.
func TestLimits(t *testing.T) {
	b := newBench(t)
	many := "[" + strings.Repeat(`{"event":"spam"},`, mostEvents) + `{"event":"spam"}]`
	if kind, ok := b.sent(Brevo, bearer(testSecret+"2"), many); ok || kind != digest.Invalid || len(b.took.events) > 0 {
		t.Errorf("too many events: %d", kind)
	}
	for _, body := range []string{"", "{", "[1]", `"text"`, strings.Repeat("[", 100000), `{"event":{"a":[1]},"email":["x"]}`} {
		kind, ok := b.sent(Brevo, bearer(testSecret+"2"), body)
		if !ok && kind != digest.Invalid || len(b.took.events) > 0 {
			t.Errorf("%.20s: %d", body, kind)
		}
	}
	b.took.fails = digest.Fail(digest.Unavailable, "", "the database is away")
	if kind, ok := b.sent(Brevo, bearer(testSecret+"2"), `{"event":"spam","email":"ada@reader.example"}`); ok || kind != digest.Unavailable {
		t.Errorf("without a database: %d", kind)
	}
	for range mostRefusals {
		if err := b.Admit("brevo", "2001:db8::1"); err != nil {
			t.Fatal(err)
		}
		if err := b.Receive(t.Context(), "brevo", "2001:db8::1", bearer("guessed"), nil); !errors.Is(err, errForged) {
			t.Fatal(err)
		}
	}
	if err := b.Admit("ses", "2001:db8::2"); digest.KindOf(err) != digest.TooMany {
		t.Errorf("after many guesses: %v", err)
	}
	if err := b.Admit("brevo", "192.0.2.77"); err != nil {
		t.Errorf("others then: %v", err)
	}
	b.clock.Move(refusalWindow)
	if err := b.Admit("brevo", "2001:db8::1"); err != nil {
		t.Errorf("a minute later: %v", err)
	}
	long := b.events
	b.took.fails = nil
	got := long(Brevo, bearer(testSecret+"2"), `{"event":"hard_bounce","reason":"550 `+strings.Repeat("x\\n\\u0007", 2000)+`","email":"ada@reader.example"}`)
	if len(got) != 1 || len(got[0].Words) > mostWords || strings.ContainsAny(got[0].Words, "\n\a") {
		t.Errorf("the words are %+v", got)
	}
}

// TestSendGridKey reads the key in the forms that people copy.
func TestSendGridKey(t *testing.T) {
	b := newBench(t)
	der, err := x509.MarshalPKIXPublicKey(&b.twilio.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	text := base64.StdEncoding.EncodeToString(der)
	for _, key := range []string{text, " " + text + "\n", "-----BEGIN PUBLIC KEY-----\n" + text + "\n-----END PUBLIC KEY-----"} {
		if got, err := ParseSendGridKey(key); err != nil || !got.Equal(&b.twilio.PublicKey) {
			t.Errorf("%q: %v", key, err)
		}
	}
	wrong, err := x509.MarshalPKIXPublicKey(&b.amazon.PublicKey)
	if err != nil {
		t.Fatal(err)
	}
	for _, key := range []string{"", "SG.abc", text[:40], base64.StdEncoding.EncodeToString(wrong)} {
		if _, err := ParseSendGridKey(key); digest.KindOf(err) != digest.Invalid {
			t.Errorf("%q is taken: %v", key, err)
		}
	}
}

// fuzzRead looks that a reader takes anything, and gives events that are whole.
func fuzzRead(f *testing.F, read func([]byte) ([]bounce.Event, error), seeds ...string) {
	for _, s := range append(seeds, "", "{}", "[]", "null", `[null]`, `{"a":`) {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, body []byte) {
		events, err := read(body)
		if err != nil && (digest.KindOf(err) != digest.Invalid || len(events) > 0) {
			t.Errorf("%v with %d events", err, len(events))
		}
		if len(events) > mostEvents {
			t.Errorf("%d events", len(events))
		}
		for _, e := range events {
			if e.ID == "" || e.Kind == "" || e.Kind == report.Other || len(tidy(e.Words)) > 4*mostWords {
				t.Errorf("%+v", e)
			}
		}
	})
}

func FuzzSES(f *testing.F) {
	fuzzRead(f, readSES, sesBounce("Permanent", "General", "5.1.1", "smtp; 550 5.1.1 x"), `{"eventType":"DeliveryDelay","deliveryDelay":{"delayedRecipients":[{}]}}`)
}

func FuzzPostmark(f *testing.F) {
	fuzzRead(f, readPostmark, `{"RecordType":"Bounce","Type":"HardBounce","Details":"550 5.1.1","BouncedAt":"2026-03-02T09:59:00Z"}`)
}

func FuzzMailgun(f *testing.F) {
	fuzzRead(f, readMailgun, mailgunSigned(`{"event":"failed","severity":"permanent","timestamp":1e99,"delivery-status":{"code":550}}`, "t", now))
}

func FuzzSendGrid(f *testing.F) {
	fuzzRead(f, readSendGrid, `[{"event":"bounce","type":"blocked","status":"5.1.1","reason":"550 x","timestamp":-1}]`)
}

func FuzzBrevo(f *testing.F) {
	fuzzRead(f, readBrevo, `{"event":"hard_bounce","reason":"550 5.1.1","ts_epoch":1772441940000}`)
}

// FuzzSNS looks that no message of a stranger is proved.
func FuzzSNS(f *testing.F) {
	f.Add([]byte(`{"Type":"Notification","TopicArn":"` + topic + `","Timestamp":"2026-03-02T09:00:00Z","SignatureVersion":"1","Signature":"AAAA","SigningCertURL":"` + certAt + `"}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		s := newSNS(Options{Keys: Keys{SESTopic: topic}, Clock: digesttest.NewClock(now), Fetch: func(_ context.Context, url string) ([]byte, error) {
			if !strings.HasPrefix(url, "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-") {
				t.Errorf("%s is fetched", url)
			}
			return nil, nil
		}})
		if told, err := s.verify(t.Context(), nil, body); err == nil || told != nil {
			t.Errorf("%q is proved", body)
		}
	})
}
