package webhook

import (
	"context"
	"crypto"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"postbag/digest"
	"postbag/digest/lazyregexp"
)

// snsWindow is how long a message is good. A topic may be set to try an hour long.
const snsWindow = 2 * time.Hour

// snsMessage is a request of Amazon SNS
// (https://docs.aws.amazon.com/sns/latest/dg/sns-message-and-json-formats.html).
type snsMessage struct {
	Type             string
	MessageID        string `json:"MessageId"`
	Token            string
	TopicArn         string
	Subject          *string
	Message          string
	SubscribeURL     string
	Timestamp        string
	SignatureVersion string
	Signature        string
	SigningCertURL   string
}

// signed gives what SNS signs, each field after its name, in this order
// (https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html).
func (m snsMessage) signed() string {
	fields := []string{"Message", m.Message, "MessageId", m.MessageID}
	if m.Type == snsNotification {
		if m.Subject != nil {
			fields = append(fields, "Subject", *m.Subject)
		}
		fields = append(fields, "Timestamp", m.Timestamp)
	} else {
		fields = append(fields, "SubscribeURL", m.SubscribeURL, "Timestamp", m.Timestamp, "Token", m.Token)
	}
	fields = append(fields, "TopicArn", m.TopicArn, "Type", m.Type)
	return strings.Join(fields, "\n") + "\n"
}

// The types of messages.
const (
	snsNotification = "Notification"
	snsConfirmation = "SubscriptionConfirmation"
	snsEnd          = "UnsubscribeConfirmation"
)

var (
	snsTopic = lazyregexp.New(`^arn:(aws|aws-cn|aws-us-gov):sns:([a-z]{2}(?:-[a-z]+)+-[0-9]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}$`)
	// snsCertificate is the path of a certificate.
	snsCertificate = lazyregexp.New(`^/SimpleNotificationService-[A-Za-z0-9]{1,64}\.pem$`)
)

// CheckTopic checks the ARN of a topic. The error is of kind Invalid.
func CheckTopic(arn string) error {
	if snsTopic.FindStringSubmatch(arn) == nil {
		return digest.Fail(digest.Invalid, "For example arn:aws:sns:eu-west-1:123456789012:postbag.", "%q is not the ARN of an SNS topic", arn)
	}
	return nil
}

// The bounds of what is fetched because of requests.
const (
	fetchWindow  = time.Hour
	mostFetches  = 12 // in a window
	certificates = 8  // that are kept
	keptFor      = 24 * time.Hour
)

// sns checks messages of one topic.
type sns struct {
	topic string
	host  string // of the topic's region, the one where certificates are fetched
	fetch Fetch
	clock digest.Clock
	log   *slog.Logger

	turn chan struct{} // whose turn it is to fetch

	mu      sync.Mutex
	keys    map[string]snsKey // by address
	began   time.Time
	fetches int // since began
}

type snsKey struct {
	key         *rsa.PublicKey // nil for an address that leads to none
	from, until time.Time      // when it is valid
	fetched     time.Time
}

func newSNS(o Options) *sns {
	s := &sns{topic: o.Keys.SESTopic, fetch: o.Fetch, clock: o.Clock, log: o.Log, turn: make(chan struct{}, 1), keys: map[string]snsKey{}}
	if arn := snsTopic.FindStringSubmatch(s.topic); arn != nil {
		s.host = "sns." + arn[2] + ".amazonaws.com"
		if arn[1] == "aws-cn" {
			s.host += ".cn"
		}
	}
	return s
}

// verify checks the signature of a message, confirms a subscription of the topic, and
// gives the message of a notification. Only what is not proved by it is read before the
// signature is checked: which fields are signed, and by whom.
func (s *sns) verify(ctx context.Context, _ http.Header, body []byte) ([]byte, error) {
	var m snsMessage
	if err := decode(body, &m); err != nil || s.host == "" || m.TopicArn != s.topic {
		return nil, errForged
	}
	switch m.Type {
	case snsNotification, snsConfirmation, snsEnd:
	default:
		return nil, errForged
	}
	if !inWindow(s.clock, moment(text(m.Timestamp)), snsWindow) {
		return nil, errForged
	}
	signature, err := base64.StdEncoding.DecodeString(m.Signature)
	if err != nil || len(signature) == 0 {
		return nil, errForged
	}
	key, err := s.key(ctx, m.SigningCertURL)
	if err != nil {
		return nil, err
	}
	switch m.SignatureVersion {
	case "1":
		sum := sha1.Sum([]byte(m.signed()))
		err = rsa.VerifyPKCS1v15(key, crypto.SHA1, sum[:], signature)
	case "2":
		sum := sha256.Sum256([]byte(m.signed()))
		err = rsa.VerifyPKCS1v15(key, crypto.SHA256, sum[:], signature)
	default:
		err = errForged
	}
	switch {
	case err != nil:
		return nil, errForged
	case m.Type == snsConfirmation:
		return nil, s.confirm(ctx, m.Token)
	case m.Type == snsEnd:
		s.log.Warn("the topic's subscription has ended: nothing is told any more", "provider", string(SES))
		return nil, nil
	}
	return []byte(m.Message), nil
}

// confirm confirms the subscription of the topic. The address is made of what was
// signed, and leads to the topic's region alone.
func (s *sns) confirm(ctx context.Context, token string) error {
	query := url.Values{"Action": {"ConfirmSubscription"}, "TopicArn": {s.topic}, "Token": {token}}
	if !s.mayFetch() {
		return errBusy
	}
	if _, err := s.fetch(ctx, "https://"+s.host+"/?"+query.Encode()); err != nil {
		return digest.Fail(digest.Unavailable, "", "the topic's subscription cannot be confirmed: %w", err)
	}
	s.log.Info("the topic's subscription is confirmed", "provider", string(SES))
	return nil
}

var errBusy = digest.Fail(digest.Unavailable, "", "too much was fetched because of requests")

// mayFetch counts a fetch, and tells whether there may be one.
func (s *sns) mayFetch() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.clock.Now()
	if age := now.Sub(s.began); age >= fetchWindow || age < 0 {
		s.began, s.fetches = now, 0
	}
	s.fetches++
	return s.fetches <= mostFetches
}

// key gives the key of a certificate of Amazon's, from memory or from its address. Who
// named it was not proved yet: the address is checked strictly, and few are fetched.
func (s *sns) key(ctx context.Context, address string) (*rsa.PublicKey, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host != s.host || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.RawPath != "" ||
		u.ForceQuery || snsCertificate.FindStringSubmatch(u.Path) == nil {
		return nil, errForged
	}
	if k, ok := s.kept(u.Path); ok {
		return k.good(s.clock.Now())
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, errBusy
	}
	if k, ok := s.kept(u.Path); ok { // fetched while we waited
		return k.good(s.clock.Now())
	}
	if !s.mayFetch() {
		return nil, errBusy
	}
	text, err := s.fetch(ctx, "https://"+s.host+u.Path)
	switch digest.KindOf(err) {
	case digest.NotFound, digest.Invalid:
		text, err = nil, nil // an address that leads to nothing is remembered
	}
	if err != nil {
		return nil, digest.Fail(digest.Unavailable, "", "the certificate of SNS cannot be fetched: %w", err)
	}
	k := certificate(text)
	s.keep(u.Path, k)
	return k.good(s.clock.Now())
}

// certificate reads the key of a certificate; a zero one where there is none.
func certificate(text []byte) (k snsKey) {
	block, _ := pem.Decode(text)
	if block == nil {
		return k
	}
	parsed, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return k
	}
	k.key, _ = parsed.PublicKey.(*rsa.PublicKey)
	k.from, k.until = parsed.NotBefore, parsed.NotAfter
	return k
}

// good gives the key while it is valid.
func (k snsKey) good(now time.Time) (*rsa.PublicKey, error) {
	if k.key == nil || now.Before(k.from) || now.After(k.until) {
		return nil, errForged
	}
	return k.key, nil
}

func (s *sns) kept(path string) (k snsKey, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k, ok = s.keys[path]
	age := s.clock.Now().Sub(k.fetched)
	return k, ok && age >= 0 && age < keptFor
}

// keep remembers a key, and forgets the oldest that leads to none, else the oldest.
func (s *sns) keep(path string, k snsKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	k.fetched = s.clock.Now()
	if _, known := s.keys[path]; !known && len(s.keys) >= certificates {
		worst := ""
		for p, other := range s.keys {
			w, ok := s.keys[worst]
			if !ok || w.key != nil && other.key == nil || (w.key == nil) == (other.key == nil) && other.fetched.Before(w.fetched) {
				worst = p
			}
		}
		delete(s.keys, worst)
	}
	s.keys[path] = k
}
