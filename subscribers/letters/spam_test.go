package letters_test

import (
	"bytes"
	"context"
	"fmt"
	"net/mail"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/digest/markup"
	"postbag/subscribers"
	"postbag/subscribers/letters"
)

// mails are all kinds of mails, by name, as they leave: to a reader, of a publication
// in a language.
func mails(t *testing.T, language string) map[string][]byte {
	t.Helper()
	w := writer(t)
	w.From, w.Domain = "post@mail.example.org", "mail.example.org"
	at := time.Date(2026, 3, 8, 18, 0, 0, 0, time.UTC)
	pub := digest.Publication{Name: "The Night Bus", Language: language, Salt: []byte("salt"), PostalAddress: "The Night Bus\n4 Depot Lane, Harrowgate Cross"}
	all := map[string][]byte{}
	put := func(name string, raw []byte, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		all[name] = raw
	}
	for name, picks := range map[string]int{"an issue": 12, "an issue of one pick": 1} {
		f := frozen()
		f.Language, f.Preheader, f.PostalAddress = language, "Eleven hours and one sandwich: what the new rota does to the people who drive it.", pub.PostalAddress
		f.Blocks, f.Picks, f.Minutes = nil, picks, 1+picks/3
		for i := range picks {
			f.Blocks = append(f.Blocks, digest.FrozenBlock{Kind: digest.PickBlock, Pick: &digest.Quotation{
				Number: i + 1, Author: "Anna", Published: at, PostTitle: "The New Rota", URL: fmt.Sprintf("https://nightbus.example.org/2026/03/the-new-rota.html?showComment=%d#c%d", i, i),
				Words: markup.FromHTML("Eleven hours on, nine off, and they call it rest. I get home at six, the bins come at seven and my youngest is up by half past.<br><br>Somebody ought to write that down before somebody else has to.", ""),
			}})
		}
		for _, test := range []bool{false, true} {
			m, err := w.Issue(f, subscribers.Mailing{IssueID: 1, Begun: at, Domain: w.Domain}, pub.Salt, test)
			if err != nil {
				t.Fatal(err)
			}
			raw, err := m.For(subscribers.Delivery{SubscriberID: 1, Email: "reader@example.com", Token: subscribers.NewToken()})
			put(fmt.Sprintf("%s, test %v", name, test), raw, err)
		}
	}
	for _, kind := range letters.Kinds() {
		raw, err := kind.Write(w, letters.Facts{Publication: pub, Series: "Pick of the Week"}, subscribers.Letter{
			ID: 1, Kind: kind.Name, Email: "reader@example.com", Token: subscribers.NewToken(), CreatedAt: at, Expires: at.Add(subscribers.ConfirmationLife),
		})
		put(string(kind.Name), raw, err)
	}
	return all
}

var spamStatus = regexp.MustCompile(`score=(-?[0-9.]+) .*`)

// TestMailsAreNotTakenForSpam scores every kind of mail by SpamAssassin's own rules,
// without the network: nothing of how a mail is written counts against it.
func TestMailsAreNotTakenForSpam(t *testing.T) {
	digesttest.SpamAssassin.Check(t)
	for _, language := range []string{"en", "fa"} {
		var box bytes.Buffer
		all := mails(t, language)
		for _, raw := range all {
			fmt.Fprintf(&box, "From post@mail.example.org Sun Mar  8 18:00:00 2026\n%s\n", strings.ReplaceAll(string(raw), "\r\n", "\n"))
		}
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
		defer cancel()
		run := exec.CommandContext(ctx, "spamassassin", "--local", "--mbox")
		run.Env = append(run.Environ(), "HOME="+t.TempDir())
		run.Stdin = &box
		out, err := run.Output()
		if err != nil {
			t.Fatal(err)
		}
		scored := strings.Split(string(out), "\nFrom post@mail.example.org ")
		if len(scored) != len(all) {
			t.Fatalf("%d of %d mails were scored:\n%s", len(scored), len(all), out)
		}
		for _, one := range scored { // not in the order that they were given in
			_, one, _ := strings.Cut(one, "\n") // the line that begins a mail in a mailbox
			m, err := mail.ReadMessage(strings.NewReader(one))
			if err != nil {
				t.Fatal(err)
			}
			status, most := spamStatus.FindStringSubmatch(m.Header.Get("X-Spam-Status")), 0.0
			if m.Header.Get("List-Id") != "" {
				most = -0.5
			}
			if score, err := strconv.ParseFloat(status[1], 64); err != nil || score > most {
				t.Errorf("%q, in %s: %s, %v", m.Header.Get("Subject"), language, status[0], err)
			}
		}
	}
}
