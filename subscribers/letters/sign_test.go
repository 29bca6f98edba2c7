package letters_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	msgauth "github.com/emersion/go-msgauth/dkim"

	"postbag/digest"
	"postbag/subscribers"
	"postbag/subscribers/dkim"
	"postbag/subscribers/letters"
)

// TestAllMailsAreSigned: an issue, its test, each kind of letter, and the mail that an
// operator tries. Each tells in its Feedback-ID what it is.
func TestAllMailsAreSigned(t *testing.T) {
	key, err := dkim.Generate("postbag", true)
	if err != nil {
		t.Fatal(err)
	}
	w := writer(t)
	if w.Sign, err = dkim.NewSigner(w.Domain, w.Domain, key); err != nil {
		t.Fatal(err)
	}
	record, err := key.Record()
	if err != nil {
		t.Fatal(err)
	}
	pub := digest.Publication{Name: "The Night Bus", Language: "en", Salt: []byte("salt")}
	check := func(what, feedback string, raw []byte, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		all, err := msgauth.VerifyWithOptions(bytes.NewReader(raw), &msgauth.VerifyOptions{LookupTXT: func(string) ([]string, error) { return []string{record}, nil }})
		if err != nil || len(all) != 1 || all[0].Err != nil || !all[0].Time.Equal(now) {
			t.Errorf("%s: %+v, %v", what, all, err)
		}
		if got := headerOf(t, raw, nil).Get("Feedback-Id"); got != feedback {
			t.Errorf("%s: the feedback id is %q, want %q", what, got, feedback)
		}
	}
	for test, kind := range map[bool]string{false: "digest", true: "test"} {
		m, err := w.Issue(frozen(), subscribers.Mailing{IssueID: 1, Begun: now, Domain: w.Domain}, pub.Salt, test)
		if err != nil {
			t.Fatal(err)
		}
		raw, err := m.For(subscribers.Delivery{SubscriberID: 1, Email: "anna@reader.example", Token: subscribers.NewToken()})
		check(kind, "8:pick:"+kind+":mail.example", raw, err)
	}
	facts := letters.Facts{Publication: pub, Series: "Pick of the Week"}
	for _, kind := range letters.Kinds() {
		raw, err := kind.Write(w, facts, subscribers.Letter{
			ID: 1, Kind: kind.Name, Email: "anna@reader.example", Token: subscribers.NewToken(), CreatedAt: now, Expires: now.Add(time.Hour),
		})
		check(string(kind.Name), string(kind.Name)+":mail.example", raw, err)
	}
	raw, err := w.Trial(facts, "anna@reader.example", "x", now)
	check("trial", "trial:mail.example", raw, err)
}

// TestTheWayOutByMail stands after the one by web, where the program takes mail itself.
func TestTheWayOutByMail(t *testing.T) {
	w := writer(t)
	w.Bounces = "bounce.mail.example"
	m, err := w.Issue(frozen(), subscribers.Mailing{IssueID: 1, Begun: now, Domain: w.Domain}, nil, false)
	if err != nil {
		t.Fatal(err)
	}
	token := subscribers.NewToken()
	raw, err := m.For(subscribers.Delivery{SubscriberID: 1, Email: "anna@reader.example", Token: token})
	want := "<https://news.example/unsubscribe/" + token + ">, <mailto:unsubscribe+" + token + "@bounce.mail.example>"
	if got := strings.Join(strings.Fields(headerOf(t, raw, err).Get("List-Unsubscribe")), " "); got != want {
		t.Errorf("%s, want %s", got, want)
	}
}

// TestSendersAreToldApart by a part of the Feedback-ID that Google counts: 5 to 15
// characters, the same at each mail.
func TestSendersAreToldApart(t *testing.T) {
	seen := map[string]string{}
	for _, domain := range []string{"a.co", "mail.example", "a-long-name.example.org", "another-long-name.example.org"} {
		w := writer(t)
		w.Domain = domain
		raw, err := w.Trial(letters.Facts{}, "anna@reader.example", "x", now)
		_, id, _ := strings.Cut(headerOf(t, raw, err).Get("Feedback-Id"), ":")
		if len(id) < 5 || len(id) > 15 || seen[id] != "" {
			t.Errorf("%s is %q", domain, id)
		}
		seen[id] = domain
	}
}
