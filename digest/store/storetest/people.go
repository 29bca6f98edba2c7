package storetest

import (
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/dispatch"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/roster"
	"postbag/subscribers/signup"
)

// request makes a sign-up of an address, from a network of its own.
func (b *bench) request(email string, at time.Time) signup.Request {
	return signup.Request{Email: email, Key: strings.ToLower(email), Mailbox: strings.ToLower(email), Network: "net of " + email,
		Token: b.token(), Confirm: b.token(), Expires: at.Add(7 * 24 * time.Hour),
		Consent: subscribers.Consent{At: at, IP: "192.0.2.7", Page: "https://news.example/", Wording: "Send it to me"}}
}

func (b *bench) ask(r signup.Request) bool {
	b.Helper()
	queued := must(b.Request(b.ctx(), r))
	return queued
}

// signUp asks for an address and confirms it.
func (b *bench) signUp(email string, at time.Time) subscribers.Subscriber {
	b.Helper()
	r := b.request(email, at)
	b.equal("queued", b.ask(r), true)
	s := must(b.Confirm(b.ctx(), r.Confirm, click(at.Add(time.Minute))))
	return s
}

// click is the consent of who clicks a button.
func click(at time.Time) subscribers.Consent {
	return subscribers.Consent{At: at, IP: "192.0.2.8", Page: "https://news.example/confirm", Wording: "Confirm"}
}

// letters claims and begins the letters that are due, as a process that is no worker
// whose letters are on the wire, and gives those that may be sent.
func (b *bench) letters(now time.Time) (all []subscribers.Letter) {
	b.Helper()
	for _, l := range b.claimLetters(0, 100, now) {
		begun, ok := b.beginLetter(l)
		if ok && begun.Useful(now) {
			all = append(all, begun)
		}
	}
	return all
}

func (b *bench) beginLetter(l subscribers.Letter) (begun subscribers.Letter, ok bool) {
	b.Helper()
	begun, ok, err := b.BeginLetter(b.ctx(), l)
	b.must(err)
	return begun, ok
}

func (b *bench) claimLetters(worker int64, most int, now time.Time) []subscribers.Letter {
	b.Helper()
	all := must(b.ClaimLetters(b.ctx(), deliver.LetterClaim{Worker: worker, Most: most, Now: now, Retry: now.Add(time.Minute)}))
	return all
}

// settleLetter gives the result of a letter.
func (b *bench) settleLetter(l subscribers.Letter, state subscribers.DeliveryState, next time.Time, o subscribers.Outcome) {
	b.Helper()
	b.must(b.SettleLetter(b.ctx(), deliver.LetterResult{LetterID: l.ID, Fence: l.Fence, State: state, NextTry: next, Outcome: o}))
}

// consents gives the proofs of how someone came to be on the list, oldest first.
// No part of the program reads them: they are for the day that somebody asks.
func (b *bench) consents(subscriberID int64) (all []subscribers.Consent) {
	b.Helper()
	driver := "sqlite"
	if strings.HasPrefix(b.Path(), "postgres:") {
		driver = "pgx"
	}
	raw, err := sql.Open(driver, b.Path())
	b.must(err)
	defer raw.Close()
	rows, err := raw.QueryContext(b.ctx(), `SELECT at, ip, page, wording, entered_by FROM consents WHERE subscriber_id = $1 ORDER BY at, id`, subscriberID)
	b.must(err)
	defer rows.Close()
	for rows.Next() {
		var at int64
		var c subscribers.Consent
		b.must(rows.Scan(&at, &c.IP, &c.Page, &c.Wording, &c.EnteredBy))
		c.At = time.UnixMicro(at).UTC()
		all = append(all, c)
	}
	b.must(rows.Err())
	return all
}

var signupTests = []test{
	{"asking makes a pending subscriber, a confirmation and its mail", func(b *bench) {
		r := b.request("Ines@list.example", start)
		b.equal("queued", b.ask(r), true)
		s := must(b.ByToken(b.ctx(), r.Token))
		b.equal("the subscriber", s, subscribers.Subscriber{ID: s.ID, Email: r.Email, Key: r.Key, State: subscribers.Pending,
			Frequency: subscribers.Every, Token: r.Token, CreatedAt: start})
		b.equal("the confirmation", must(b.Confirmation(b.ctx(), r.Confirm)), signup.Confirmation{Email: r.Email, ExpiresAt: r.Expires})
		b.equal("the mail", b.letters(start), []subscribers.Letter{{ID: 1, Kind: subscribers.ConfirmationLetter, Email: r.Email, SubscriberID: s.ID,
			Token: r.Confirm, Expires: r.Expires, CreatedAt: start, NextTry: start, Fence: 1, Attempts: 1}})
	}},
	{"confirming makes active, once, with the proof", func(b *bench) {
		r := b.request("ines@list.example", start)
		b.ask(r)
		for range 2 {
			s := must(b.Confirm(b.ctx(), strings.ToUpper(r.Confirm), click(after(time.Hour))))
			b.equal("the subscriber", []any{s.State, s.ConfirmedAt}, []any{subscribers.Active, after(time.Hour)})
			proofs := b.consents(s.ID)
			b.equal("the proofs", proofs, []subscribers.Consent{r.Consent, click(after(time.Hour))})
		}
		b.equal("used", must(b.Confirmation(b.ctx(), r.Confirm)).UsedAt, after(time.Hour))
		b.equal("mails left", len(b.letters(after(2*time.Hour))), 0)
	}},
	{"an expired confirmation is refused", func(b *bench) {
		r := b.request("ines@list.example", start)
		b.ask(r)
		b.wantKind(errOf(b.Confirm(b.ctx(), r.Confirm, click(r.Expires))), digest.Conflict)
		b.equal("the state", must(b.ByToken(b.ctx(), r.Token)).State, subscribers.Pending)
		b.equal("mails of use", len(b.letters(r.Expires)), 0)
	}},
	{"forged tokens are not found", func(b *bench) {
		b.signUp("ines@list.example", start)
		for _, token := range []string{"", "x", "' OR 1=1 --", strings.Repeat("a", subscribers.TokenLength), strings.Repeat("é", 13)} {
			b.wantKind(errOf(b.ByToken(b.ctx(), token)), digest.NotFound)
			b.wantKind(errOf(b.Confirmation(b.ctx(), token)), digest.NotFound)
			b.wantKind(errOf(b.Confirm(b.ctx(), token, click(start))), digest.NotFound)
			b.wantKind(errOf(b.Unsubscribe(b.ctx(), token, start)), digest.NotFound)
			b.wantKind(errOf(b.SetFrequency(b.ctx(), token, subscribers.Monthly)), digest.NotFound)
			b.wantKind(errOf(b.Return(b.ctx(), token, click(start))), digest.NotFound)
		}
	}},
	{"an active address is asked nothing", func(b *bench) {
		s := b.signUp("ines@list.example", start)
		b.equal("queued", b.ask(b.request("INES@list.example", after(time.Hour))), false)
		b.equal("the subscriber", must(b.ByToken(b.ctx(), s.Token)), s)
	}},
	{"who left comes back by a new confirmation only", func(b *bench) {
		s := b.signUp("ines@list.example", start)
		early := b.request(s.Email, after(time.Hour))
		s = must(b.Unsubscribe(b.ctx(), s.Token, after(2*time.Hour)))
		b.equal("left", []any{s.State, s.LeftAt}, []any{subscribers.Unsubscribed, after(2 * time.Hour)})
		b.equal("left once", must(b.Unsubscribe(b.ctx(), s.Token, after(3*time.Hour))), s)
		early.Consent.At = after(3 * time.Hour)
		b.equal("queued", b.ask(early), true)
		b.equal("until then", must(b.ByToken(b.ctx(), s.Token)), s)
		back := must(b.Confirm(b.ctx(), early.Confirm, click(after(4*time.Hour))))
		b.equal("back", []any{back.State, back.ConfirmedAt, back.Token, back.LeftAt}, []any{subscribers.Active, after(4 * time.Hour), s.Token, time.Time{}})
	}},
	{"a confirmation mailed before leaving does not undo it", func(b *bench) {
		first, second := b.request("ines@list.example", start), b.request("ines@list.example", after(time.Minute))
		b.ask(first)
		b.ask(second)
		s := must(b.Confirm(b.ctx(), first.Confirm, click(after(time.Hour))))
		must(b.Unsubscribe(b.ctx(), s.Token, after(2*time.Hour)))
		b.wantKind(errOf(b.Confirm(b.ctx(), second.Confirm, click(after(3*time.Hour)))), digest.Conflict)
		b.equal("the state", must(b.Confirm(b.ctx(), first.Confirm, click(after(3*time.Hour)))).State, subscribers.Unsubscribed)
	}},
	{"leaving is undone by the link, and changes nobody else", func(b *bench) {
		s := b.signUp("ines@list.example", start)
		b.equal("still there", must(b.Return(b.ctx(), s.Token, click(after(time.Hour)))), s)
		must(b.Unsubscribe(b.ctx(), s.Token, after(time.Hour)))
		back := must(b.Return(b.ctx(), s.Token, click(after(2*time.Hour))))
		b.equal("back", []any{back.State, back.ConfirmedAt, back.LeftAt}, []any{subscribers.Active, after(2 * time.Hour), time.Time{}})
		r := b.request("otto@list.example", start)
		b.ask(r)
		b.equal("not confirmed", must(b.Return(b.ctx(), r.Token, click(start))).State, subscribers.Pending)
		b.equal("not subscribed", must(b.Unsubscribe(b.ctx(), r.Token, start)).State, subscribers.Pending)
	}},
	{"a subscriber's own links are mailed on request, within the limits, and to nobody else", func(b *bench) {
		s := b.signUp("ines@list.example", start)
		b.ask(b.request("otto@list.example", start)) // asks to subscribe, and has not confirmed
		gone := b.signUp("una@list.example", start)
		must(b.Unsubscribe(b.ctx(), gone.Token, after(time.Hour)))
		b.letters(after(time.Hour))
		links := func(key string, at time.Time) bool {
			return must(b.RequestLinks(b.ctx(), signup.LinksRequest{Key: key, Mailbox: key, Network: "203.0.113.0/24", At: at, Limits: signup.Limits{PerMailboxDay: 1}}))
		}
		at := after(48 * time.Hour)
		for key, want := range map[string]bool{s.Key: true, "otto@list.example": false, gone.Key: false, "nobody@list.example": false} {
			b.equal("queued for "+key, links(key, at), want)
		}
		b.equal("once a day", links(s.Key, at.Add(time.Hour)), false)
		got := b.letters(at)
		b.equal("the mails", len(got), 1)
		b.equal("the mail", got[0], subscribers.Letter{ID: got[0].ID, Kind: subscribers.LinksLetter, Email: s.Email, SubscriberID: s.ID, Token: s.Token,
			CreatedAt: at, NextTry: at, Fence: 1, Attempts: 1})
		b.equal("the next day", links(s.Key, at.Add(25*time.Hour)), true)
		must(b.Unsubscribe(b.ctx(), s.Token, at.Add(26*time.Hour)))
		for _, l := range b.letters(at.Add(27 * time.Hour)) {
			b.equal("a mail of use, when "+s.Email+" has left, is to", l.Email, "otto@list.example")
		}
	}},
	{"a frequency is one of two", func(b *bench) {
		s := b.signUp("ines@list.example", start)
		b.equal("the frequency", must(b.SetFrequency(b.ctx(), s.Token, subscribers.Monthly)).Frequency, subscribers.Monthly)
		b.wantKind(errOf(b.SetFrequency(b.ctx(), s.Token, "hourly")), digest.Invalid)
	}},
	{"limits bound what strangers can make us send", func(b *bench) {
		for _, c := range []struct {
			name   string
			limits signup.Limits
			same   func(i int, r *signup.Request) // what two requests have in common
			window time.Duration
		}{
			{"a mailbox in a day", signup.Limits{PerMailboxDay: 2}, func(i int, r *signup.Request) { r.Mailbox = "day@box.example" }, 24 * time.Hour},
			{"a mailbox ever", signup.Limits{PerMailboxEver: 2}, func(i int, r *signup.Request) { r.Mailbox = "ever@box.example" }, 0},
			{"a network in an hour", signup.Limits{PerNetworkHour: 2}, func(i int, r *signup.Request) { r.Network = "203.0.113.0/24" }, time.Hour},
			{"a domain in an hour", signup.Limits{PerDomainHour: 2}, func(i int, r *signup.Request) {}, time.Hour},
			{"everybody in an hour", signup.Limits{PerHour: 2}, nil, time.Hour},
		} {
			at := start.Add(time.Duration(b.tokens) * 100 * time.Hour) // far from the other cases
			ask := func(i int, at time.Time) bool {
				domain := strings.ReplaceAll(c.name, " ", "-") + ".example"
				if c.same == nil {
					domain = fmt.Sprintf("d%d.%s", i, domain)
				}
				r := b.request(fmt.Sprintf("r%d@%s", i, domain), at)
				r.Limits = c.limits
				if c.same != nil {
					c.same(i, &r)
				}
				return b.ask(r)
			}
			got := []bool{ask(1, at), ask(2, at.Add(time.Minute)), ask(3, at.Add(2*time.Minute))}
			b.equal(c.name, got, []bool{true, true, false})
			if c.window > 0 {
				b.equal(c.name+", later", ask(4, at.Add(2*time.Minute+c.window)), true)
			} else {
				b.equal(c.name+", later", ask(4, at.Add(1000*time.Hour)), false)
			}
		}
	}},
	{"what a mailbox was sent ever starts anew after it was active", func(b *bench) {
		limits := signup.Limits{PerMailboxEver: 1}
		s := b.signUp("ines@list.example", start)
		must(b.Unsubscribe(b.ctx(), s.Token, after(time.Hour)))
		for i, want := range []bool{true, false} {
			r := b.request(s.Email, after(time.Duration(i+2)*time.Hour))
			r.Limits = limits
			b.equal("queued", b.ask(r), want)
		}
	}},
	{"a refused request still leaves a pending subscriber", func(b *bench) {
		for range 2 {
			r := b.request("ines@list.example", start)
			r.Limits = signup.Limits{PerMailboxDay: 1}
			b.ask(r)
		}
		b.equal("mails", len(b.letters(start)), 1)
		b.equal("subscribers", len(b.everybody(roster.Filter{})), 1)
	}},
	{"sweeping removes who never confirmed, and no one else", func(b *bench) {
		active := b.signUp("active@list.example", start)
		old, again, young := b.request("old@list.example", start), b.request("again@list.example", start), b.request("young@list.example", after(48*time.Hour))
		b.ask(old)
		b.ask(again)
		b.ask(young)
		b.ask(b.request("again@list.example", after(48*time.Hour)))
		b.equal("removed", must(b.Sweep(b.ctx(), after(24*time.Hour), after(24*time.Hour))), 1)
		b.wantKind(errOf(b.ByToken(b.ctx(), old.Token)), digest.NotFound)
		b.wantKind(errOf(b.Confirmation(b.ctx(), old.Confirm)), digest.NotFound)
		for _, token := range []string{active.Token, again.Token, young.Token} {
			must(b.ByToken(b.ctx(), token))
		}
		r := b.request("old@list.example", after(1000*time.Hour))
		r.Limits = signup.Limits{PerMailboxEver: 1}
		b.equal("mails sent before still count", b.ask(r), false)
	}},
}

var letterTests = []test{
	{"only the holder of the newest claim begins and settles a letter", func(b *bench) {
		b.ask(b.request("ines@list.example", start))
		p := b.join()
		old := b.claimLetters(p.ID(), 9, start)[0]
		b.equal("claimed by another", len(b.claimLetters(0, 9, start)), 0)
		p.Leave()
		one := b.claimLetters(0, 9, start)[0]
		b.equal("claimed once its worker left, with no doubt", []any{one.Fence, one.Attempts, one.Cause}, []any{2, 0, subscribers.NoCause})
		_, ok := b.beginLetter(old)
		b.equal("begun by whoever had it before", ok, false)
		one, ok = b.beginLetter(one)
		b.equal("begun", []any{ok, one.Attempts}, []any{true, 1})
		_, ok = b.beginLetter(one)
		b.equal("begun twice", ok, false)
		b.settleLetter(old, subscribers.Queued, start, subscribers.Outcome{Cause: subscribers.TryLater})
		b.settleLetter(old, subscribers.Failed, start, subscribers.Outcome{Cause: subscribers.AddressRefused})
		later := subscribers.Outcome{Cause: subscribers.TryLater, Code: 450, Reply: "later"}
		b.settleLetter(one, subscribers.Queued, after(time.Hour), later)
		b.equal("put off", len(b.claimLetters(0, 9, after(time.Hour-time.Microsecond))), 0)
		due := b.claimLetters(0, 9, after(time.Hour))
		b.equal("due", []any{len(due), due[0].Outcome}, []any{1, later})
		for range 2 {
			b.settleLetter(due[0], subscribers.Delivered, time.Time{}, subscribers.Outcome{Cause: subscribers.Accepted})
		}
		b.equal("sent", len(b.claimLetters(0, 9, after(100*time.Hour))), 0)
	}},
	{"a letter that was begun by a worker that is no more is tried again after a minute", func(b *bench) {
		b.ask(b.request("ines@list.example", start))
		b.ask(b.request("jo@list.example", start))
		p := b.join()
		claimed := b.claimLetters(p.ID(), 1, start)
		begun, _ := b.beginLetter(claimed[0])
		p.Leave()
		b.equal("the other one", b.claimLetters(0, 9, start)[0].Email, "jo@list.example")
		b.equal("before a minute", len(b.claimLetters(0, 9, after(time.Minute-time.Microsecond))), 1)
		again := b.claimLetters(0, 9, after(time.Minute))
		b.equal("then", len(again), 2)
		for _, l := range again {
			if l.ID == begun.ID {
				b.equal("why", []any{l.Cause, l.Attempts}, []any{subscribers.WorkerLost, 1})
			}
		}
		b.settleLetter(begun, subscribers.Delivered, time.Time{}, subscribers.Outcome{Cause: subscribers.Accepted})
		b.equal("an old claim settles nothing", len(b.claimLetters(0, 9, after(time.Hour))), 2)
	}},
	{"the answer to a letter that was taken back still counts", func(b *bench) {
		b.ask(b.request("ines@list.example", start))
		p := b.join()
		begun, _ := b.beginLetter(b.claimLetters(p.ID(), 1, start)[0])
		p.Leave()
		b.equal("at once", len(b.claimLetters(0, 9, start)), 0)
		b.settleLetter(begun, subscribers.Delivered, time.Time{}, subscribers.Outcome{Cause: subscribers.Accepted})
		b.equal("later", len(b.claimLetters(0, 9, after(time.Hour))), 0)
	}},
	{"a worker that lost its lease claims no letter", func(b *bench) {
		b.ask(b.request("ines@list.example", start))
		p := b.join()
		p.Leave()
		b.equal("claimed", len(b.claimLetters(p.ID(), 9, start)), 0)
		b.equal("claimed by another", len(b.claimLetters(0, 9, start)), 1)
	}},
	{"a letter of no use is not sent", func(b *bench) {
		r := b.request("ines@list.example", start)
		b.ask(r)
		claimed := b.claimLetters(0, 9, start)[0]
		b.equal("of use", []bool{claimed.Useful(r.Expires.Add(-time.Microsecond)), claimed.Useful(r.Expires)}, []bool{true, false})
		must(b.Confirm(b.ctx(), r.Confirm, click(after(time.Minute))))
		_, ok := b.beginLetter(claimed)
		b.equal("begun once it was confirmed", ok, false)
	}},
	{"a claimed letter is not begun during a hold", func(b *bench) {
		b.ask(b.request("ines@list.example", start))
		claimed := b.claimLetters(0, 9, start)[0]
		b.hold(after(time.Minute))
		_, ok := b.beginLetter(claimed)
		b.equal("begun", ok, false)
		b.release(dispatch.SendUnsent, after(time.Minute))
		b.equal("then", len(b.letters(after(time.Minute))), 1)
	}},
	{"no more are claimed than asked for, the oldest first", func(b *bench) {
		for i := range 3 {
			b.ask(b.request(fmt.Sprintf("r%d@list.example", i), after(time.Duration(2-i)*time.Minute)))
		}
		b.equal("claimed", len(b.claimLetters(b.join().ID(), 2, after(time.Hour))), 2)
		b.equal("the newest is left", b.claimLetters(0, 2, after(time.Hour))[0].Email, "r0@list.example")
		b.equal("none asked for", len(b.claimLetters(0, 0, after(100*time.Hour))), 0)
	}},
}

// person makes an entry.
func (b *bench) person(email string, state subscribers.State) roster.Entry {
	return roster.Entry{
		Subscriber: subscribers.Subscriber{Email: email, Key: strings.ToLower(email), Name: "Ines", State: state,
			Frequency: subscribers.Monthly, Token: b.token(), CreatedAt: start},
		Consent: subscribers.Consent{At: start, Page: "subscriber import", Wording: "signed at the desk", EnteredBy: "ada"},
		Mailbox: strings.ToLower(email), Expires: after(100 * time.Hour),
	}
}

var rosterTests = []test{
	{"who is on the list is known, and who may not be mailed is kept out", func(b *bench) {
		for state, want := range map[subscribers.State]roster.Enrolled{
			subscribers.Active: roster.Known, subscribers.Pending: roster.Known,
			subscribers.Unsubscribed: roster.Kept, subscribers.Bounced: roster.Kept, subscribers.Complained: roster.Kept,
		} {
			email := string(state) + "@list.example"
			first := must(b.Enrol(b.ctx(), digest.Audited{}, []roster.Entry{b.person(email, state)}, false))
			again := must(b.Enrol(b.ctx(), digest.Audited{}, []roster.Entry{b.person(email, subscribers.Active)}, false))
			b.equal(email, append(first, again...), []roster.Enrolled{roster.Added, want})
		}
	}},
	{"people are enrolled once, and who left stays away", func(b *bench) {
		gone := b.signUp("gone@list.example", start)
		must(b.Unsubscribe(b.ctx(), gone.Token, start))
		b.signUp("here@list.example", start)
		people := []roster.Entry{
			b.person("New@list.example", subscribers.Active), b.person("new@list.example", subscribers.Active),
			b.person("gone@list.example", subscribers.Active), b.person("here@list.example", subscribers.Pending),
			b.person("asked@list.example", subscribers.Pending)}
		people[4].Confirm = b.token()
		want := []roster.Enrolled{roster.Added, roster.Duplicated, roster.Kept, roster.Known, roster.Added}
		dry := must(b.Enrol(b.ctx(), digest.Audited{}, people, true))
		b.equal("in a dry run", dry, want)
		b.equal("after a dry run", len(b.everybody(roster.Filter{})), 2)
		b.equal("in earnest", must(b.Enrol(b.ctx(), digest.Audited{}, people, false)), want)
		b.equal("again", must(b.Enrol(b.ctx(), digest.Audited{}, people, false)), []roster.Enrolled{roster.Known, roster.Duplicated, roster.Kept, roster.Known, roster.Known})
		added := must(b.ByToken(b.ctx(), people[0].Subscriber.Token))
		want0 := people[0].Subscriber
		want0.ID, want0.ConfirmedAt = added.ID, start
		b.equal("the subscriber", added, want0)
		proofs := b.consents(added.ID)
		b.equal("the proofs", proofs, []subscribers.Consent{people[0].Consent})
		mails := b.letters(start)
		b.equal("mails", []any{len(mails), mails[0].Email, mails[0].Token}, []any{1, "asked@list.example", people[4].Confirm})
	}},
	{"who left by another list's word leaves here, and is asked nothing more", func(b *bench) {
		active := b.signUp("active@list.example", start)
		asked := b.request("asked@list.example", start)
		b.ask(asked)
		people := []roster.Entry{
			b.person("Active@list.example", subscribers.Unsubscribed), b.person("asked@list.example", subscribers.Complained), b.person("new@list.example", subscribers.Bounced)}
		people[0].Subscriber.LeftAt = after(-time.Hour)
		for i := range people {
			people[i].At = after(time.Hour)
		}
		want := []roster.Enrolled{roster.Ended, roster.Ended, roster.Added}
		b.equal("in a dry run", must(b.Enrol(b.ctx(), digest.Audited{}, people, true)), want)
		b.equal("after a dry run", must(b.ByToken(b.ctx(), active.Token)), active)
		b.equal("in earnest", must(b.Enrol(b.ctx(), digest.Audited{}, people, false)), want)
		left := active
		left.State, left.LeftAt = subscribers.Unsubscribed, after(-time.Hour)
		b.equal("who was active", must(b.ByToken(b.ctx(), active.Token)), left)
		s := must(b.ByToken(b.ctx(), asked.Token))
		b.equal("who was asked", []any{s.State, s.LeftAt}, []any{subscribers.Complained, after(time.Hour)})
		b.equal("mails of use", len(b.letters(after(time.Hour))), 0)
		b.wantKind(errOf(b.Confirm(b.ctx(), asked.Confirm, click(after(2*time.Hour)))), digest.Conflict)
		people[0].Subscriber.State = subscribers.Complained
		b.equal("again", must(b.Enrol(b.ctx(), digest.Audited{}, people, false)), []roster.Enrolled{roster.Kept, roster.Kept, roster.Kept})
		b.equal("the first word stays", must(b.ByToken(b.ctx(), active.Token)), left)
	}},
	{"a failing import leaves nothing", func(b *bench) {
		bad := b.person("bad@list.example", subscribers.Active)
		bad.Subscriber.Token = "short"
		b.wantKind(errOf(b.Enrol(b.ctx(), digest.Audited{}, []roster.Entry{b.person("good@list.example", subscribers.Active), bad}, false)), digest.Invalid)
		b.equal("subscribers", len(b.everybody(roster.Filter{})), 0)
	}},
	{"a mail to who was enrolled counts for the limits of its mailbox only", func(b *bench) {
		p := b.person("ines@list.example", subscribers.Pending)
		p.Confirm = b.token()
		must(b.Enrol(b.ctx(), digest.Audited{}, []roster.Entry{p}, false))
		r := b.request("ines@list.example", after(time.Hour))
		r.Limits = signup.Limits{PerMailboxDay: 1}
		b.equal("queued", b.ask(r), false)
		other := b.request("otto@list.example", after(time.Minute))
		other.Limits = signup.Limits{PerMailboxDay: 1, PerMailboxEver: 1, PerNetworkHour: 1, PerDomainHour: 1, PerHour: 1}
		b.equal("a stranger queued", b.ask(other), true)
		b.equal("the state", must(b.Confirm(b.ctx(), p.Confirm, click(after(time.Hour)))).State, subscribers.Active)
	}},
	{"a list moved from elsewhere keeps who left", func(b *bench) {
		p := b.person("left@list.example", subscribers.Bounced)
		p.Subscriber.LeftAt = after(-time.Hour)
		must(b.Enrol(b.ctx(), digest.Audited{}, []roster.Entry{p}, false))
		s := must(b.ByToken(b.ctx(), p.Subscriber.Token))
		b.equal("the subscriber", []any{s.State, s.LeftAt, s.ConfirmedAt}, []any{subscribers.Bounced, after(-time.Hour), time.Time{}})
	}},
	{"subscribers are listed by key, filtered and bounded", func(b *bench) {
		var people []roster.Entry
		for i := range 2500 {
			people = append(people, b.person(fmt.Sprintf("r%04d@list.example", i), subscribers.Active))
		}
		people = append(people, b.person("a_b%c@list.example", subscribers.Pending))
		must(b.Enrol(b.ctx(), digest.Audited{}, people, false))
		all := b.everybody(roster.Filter{})
		b.equal("all", []any{len(all), all[0].Key, all[2500].Key}, []any{2501, "a_b%c@list.example", "r2499@list.example"})
		b.equal("bounded", len(b.everybody(roster.Filter{Limit: 1500})), 1500)
		b.equal("by state", len(b.everybody(roster.Filter{State: subscribers.Pending})), 1)
		b.equal("by text", len(b.everybody(roster.Filter{Text: "R001"})), 10)
		b.equal("by odd text", len(b.everybody(roster.Filter{Text: "_B%"})), 1)
		émile := b.person("ÉMILE@list.example", subscribers.Pending)
		must(b.Enrol(b.ctx(), digest.Audited{}, []roster.Entry{émile}, false))
		for _, text := range []string{"émile", "ÉMILE", "e\u0301MI"} {
			b.equal("by letters beyond ASCII: "+text, len(b.everybody(roster.Filter{Text: text})), 1)
		}
		b.equal("counts", must(b.SubscriberCounts(b.ctx())), map[subscribers.State]int{subscribers.Active: 2500, subscribers.Pending: 2})
		every := b.person("every@list.example", subscribers.Active)
		every.Subscriber.Frequency = subscribers.Every
		must(b.Enrol(b.ctx(), digest.Audited{}, []roster.Entry{every}, false))
		b.equal("the audience", must(b.Audience(b.ctx())), subscribers.Audience{Every: 1, Monthly: 2500, Pending: 2})
		stop := errors.New("stop")
		n := 0
		err := b.Subscribers(b.ctx(), roster.Filter{}, func(subscribers.Subscriber) error { n++; return stop })
		if !errors.Is(err, stop) || n != 1 {
			b.Fatalf("yield was called %d times and the error was %v", n, err)
		}
	}},
}
