package storetest

import (
	"fmt"
	"log/slog"
	"strings"
	"time"

	"postbag/digest"
	"postbag/digest/digesttest"
	"postbag/subscribers"
	"postbag/subscribers/bounce"
	"postbag/subscribers/deliver"
	"postbag/subscribers/report"
	"postbag/subscribers/roster"
)

// bounces is the use case on the database, at a moment.
func (b *bench) bounces(at time.Time) *bounce.Service {
	return bounce.New(bounce.Options{Store: b.DB, Clock: digesttest.NewClock(at), Log: slog.New(slog.DiscardHandler)})
}

// returned gives the return path of an issue's mail to a reader.
func (b *bench) returned(issue digest.Issue, reader int64) string {
	pub := must(b.Publication(b.ctx()))
	return subscribers.ReturnPath{Domain: "bounces.example", Salt: pub.Salt}.For(subscribers.Returned{IssueID: issue.ID, SubscriberID: reader})
}

// event makes an event of a mail that has a return path.
func event(id string, at time.Time, kind report.Kind, status, path string) bounce.Event {
	return bounce.Event{ID: id, At: at, Kind: kind, Status: status, Code: 550, Words: "their words", Source: bounce.Pipe, Person: bounce.Person{ReturnPaths: []string{path}}}
}

func (b *bench) state(id int64) subscribers.State {
	b.Helper()
	return must(b.Reader(b.ctx(), id, 1)).State
}

// mailedAs makes an issue that is taken for all its readers, with what the server says.
func (b *bench) mailedAs(at time.Time, reply func(subscribers.Delivery) string) digest.Issue {
	b.Helper()
	issue := b.draft(at.Add(-3 * time.Hour))
	b.approve(&issue, at.Add(-2*time.Hour))
	b.move(issue, digest.Published, at.Add(-time.Hour))
	must(b.Begin(b.ctx(), subscribers.Mailing{IssueID: issue.ID, Begun: at, Domain: "news.example"}, true))
	var results []deliver.Result
	for _, d := range b.exchange(issue, 100, at) {
		r := result(d, subscribers.Delivered, at)
		r.Outcome = subscribers.Outcome{Cause: subscribers.Accepted, Code: 250, Reply: reply(d)}
		results = append(results, r)
	}
	b.exchange(issue, 0, at, results...)
	must(b.Finish(b.ctx(), issue.ID, at))
	return issue
}

// mailed makes an issue that begins at a moment and is taken for all its readers but
// those that refuse says something of.
func (b *bench) mailed(at time.Time, refuse func(subscribers.Delivery) (subscribers.Outcome, bool)) digest.Issue {
	b.Helper()
	issue := b.draft(at.Add(-3 * time.Hour))
	b.approve(&issue, at.Add(-2*time.Hour))
	b.move(issue, digest.Published, at.Add(-time.Hour))
	must(b.Begin(b.ctx(), subscribers.Mailing{IssueID: issue.ID, Begun: at, Domain: "news.example"}, true))
	var results []deliver.Result
	for _, d := range b.exchange(issue, 100, at) {
		r := result(d, subscribers.Delivered, at)
		if o, refused := refuse(d); refused {
			r = result(d, subscribers.Failed, at)
			r.Outcome = o
		}
		results = append(results, r)
	}
	b.exchange(issue, 0, at, results...)
	must(b.Finish(b.ctx(), issue.ID, at))
	return issue
}

// enrolAt makes so many readers, each at the domain of its number, and gives them in order.
func (b *bench) enrolAt(n int, domain func(int) string) (all []subscribers.Subscriber) {
	b.Helper()
	for i := range n {
		email := fmt.Sprintf("reader%02d@%s", i, domain(i))
		must(b.Enrol(b.ctx(), digest.Audited{}, []roster.Entry{{
			Subscriber: subscribers.Subscriber{Email: email, Key: email, State: subscribers.Active, Frequency: subscribers.Every, Token: b.token()},
			Consent:    subscribers.Consent{At: start, Page: "import", Wording: "asked on paper"},
		}}, false))
		all = append(all, must(b.SubscriberByKey(b.ctx(), email)))
	}
	return all
}

// inState counts the readers in a state.
func (b *bench) inState(s subscribers.State) int {
	b.Helper()
	return len(b.everybody(roster.Filter{State: s}))
}

func takenAll(subscribers.Delivery) (o subscribers.Outcome, refused bool) { return o, false }

// fillBounces makes a row of everything that is kept of bounces.
func (b *bench) fillBounces(issue digest.Issue) {
	reader := must(b.Deliveries(b.ctx(), issue.ID, 1, subscribers.Delivered))[0].SubscriberID
	must(b.bounces(now.Add(time.Minute)).Take(b.ctx(), event("fill", now, report.Soft, "4.2.2", b.returned(issue, reader))))
	must(b.bounces(now).Refusals(b.ctx()))
	b.must(b.Looked(b.ctx(), issue.ID, 1))
	gone := must(b.Enrol(b.ctx(), digest.Audited{}, []roster.Entry{b.person("forgotten@list.example", subscribers.Complained)}, false))
	b.equal("the forgotten", gone[0], roster.Added)
	b.must(b.Erase(b.ctx(), tester, must(b.SubscriberByKey(b.ctx(), "forgotten@list.example")).ID, now))
}

var bounceTests = []test{
	{"an event counts once, whatever way it comes", func(b *bench) {
		b.source("nightbus")
		reader := b.enrol(1)[0]
		issue := b.mailed(now, takenAll)
		path := b.returned(issue, reader.ID)
		s := b.bounces(now.Add(time.Hour))
		first := must(s.Take(b.ctx(), event("1", now, report.Hard, "5.1.2", path)))
		b.equal("first", first, bounce.Taken{Outcome: bounce.Recorded, Kind: report.Hard, Email: reader.Email, Counted: true, State: subscribers.Active})
		again := event("2", now.Add(48*time.Hour), report.Hard, "5.1.1", path)
		again.Source = bounce.IMAP
		b.equal("again", must(s.Take(b.ctx(), again)).Outcome, bounce.Repeated)
		b.equal("the state", b.state(reader.ID), subscribers.Active)
		b.equal("events", len(must(s.Events(b.ctx(), bounce.Filter{}))), 1)
		b.equal("a delay is another", must(s.Take(b.ctx(), event("3", now, report.Delayed, "4.4.1", path))).Outcome, bounce.Recorded)
		b.equal("counts", must(b.BounceCounts(b.ctx(), issue.ID)), map[report.Kind]int{report.Hard: 1, report.Delayed: 1})
		told := must(s.Events(b.ctx(), bounce.Filter{IssueID: issue.ID, SubscriberID: reader.ID, Limit: 1}))
		b.equal("as listed", told, []bounce.Listed{{At: now, Kind: report.Delayed, Status: "4.4.1", Code: 550, Words: "their words", Source: bounce.Pipe,
			Email: reader.Email, SubscriberID: reader.ID, Series: b.series().Slug, Number: issue.Number, Title: issue.Title}})
	}},
	{"no such mailbox ends it at once, and open confirmations with it", func(b *bench) {
		b.source("nightbus")
		reader := b.enrol(1)[0]
		issue := b.mailed(now, takenAll)
		s := b.bounces(now.Add(time.Hour))
		taken := must(s.Take(b.ctx(), event("1", now.Add(time.Minute), report.Hard, "5.1.1", b.returned(issue, reader.ID))))
		b.equal("taken", [2]bool{taken.Counted, taken.Ended}, [2]bool{true, true})
		told := must(b.Reader(b.ctx(), reader.ID, 1))
		b.equal("the reader", []any{told.State, told.LeftAt}, []any{subscribers.Bounced, now.Add(time.Minute)})
		b.equal("a complaint then", must(s.Take(b.ctx(), event("2", now, report.Complaint, "", b.returned(issue, reader.ID)))).Ended, true)
		b.equal("who complained", b.state(reader.ID), subscribers.Complained)
		b.equal("an import then", must(b.Enrol(b.ctx(), digest.Audited{}, []roster.Entry{b.person(reader.Email, subscribers.Active)}, false))[0], roster.Kept)
		must(b.Unsubscribe(b.ctx(), reader.Token, now))
		b.equal("after leaving", b.state(reader.ID), subscribers.Complained)
	}},
	{"what cannot be proved changes nothing", func(b *bench) {
		b.source("nightbus")
		all := b.enrol(2)
		b.mailed(now, takenAll)
		notMailed := b.published()
		s := b.bounces(now.Add(time.Hour))
		forged := subscribers.ReturnPath{Domain: "bounces.example", Salt: []byte("guessed")}.For(subscribers.Returned{IssueID: 1, SubscriberID: all[0].ID})
		for what, p := range map[string]bounce.Person{
			"a forged return path":         {ReturnPaths: []string{forged}},
			"a mail that was never sent":   {ReturnPaths: []string{b.returned(notMailed, all[0].ID)}},
			"a reader who is not there":    {ReturnPaths: []string{b.returned(digest.Issue{ID: 1}, 999)}},
			"an address alone":             {Addresses: []string{all[0].Email}},
			"an address and a guessed id":  {Addresses: []string{all[0].Email}, MessageID: "00000000000000000000000000000000@news.example"},
			"a token that is nobody's":     {Token: subscribers.TestToken},
			"a reader's token and no mail": {Token: all[0].Token},
			"nothing":                      {},
		} {
			e := bounce.Event{ID: what, Kind: report.Hard, Status: "5.1.1", Source: bounce.Pipe, Person: p}
			b.equal(what, must(s.Take(b.ctx(), e)).Outcome, bounce.NobodyOf)
		}
		b.equal("events", len(must(s.Events(b.ctx(), bounce.Filter{}))), 0)
		b.wantKind(errOf(s.Take(b.ctx(), bounce.Event{Kind: report.Hard})), digest.Invalid)
	}},
	{"without a return path the mail's own ids tell the reader", func(b *bench) {
		b.source("nightbus")
		all := b.enrol(6)
		issue := b.mailed(now, func(d subscribers.Delivery) (o subscribers.Outcome, refused bool) { return o, false })
		pub := must(b.Publication(b.ctx()))
		id := func(reader int64) string {
			return subscribers.Mailing{IssueID: issue.ID, Domain: "news.example"}.MessageID(pub.Salt, reader)
		}
		s := b.bounces(now.Add(time.Hour))
		for i, p := range []bounce.Person{
			{Token: all[0].Token, MessageID: id(all[0].ID)},
			{Addresses: []string{"elsewhere@list.example", all[1].Email}, MessageID: strings.ToUpper(id(all[1].ID))},
			{Addresses: []string{all[2].Email}, Signed: true},
			{Addresses: []string{all[3].Email}, RelayID: "ok", Signed: true},
		} {
			taken := must(s.Take(b.ctx(), bounce.Event{ID: fmt.Sprint(i), Kind: report.Hard, Status: "5.1.1", Source: "provider", Person: p}))
			b.equal(fmt.Sprint("person ", i), []any{taken.Outcome, taken.Email, taken.State}, []any{bounce.Recorded, all[i].Email, subscribers.Bounced})
		}
		b.equal("issues", must(b.BounceCounts(b.ctx(), issue.ID)), map[report.Kind]int{report.Hard: 3})
		b.equal("a complaint by token", must(s.Take(b.ctx(), bounce.Event{ID: "x", Kind: report.Complaint, Source: bounce.Pipe, Person: bounce.Person{Token: all[4].Token}})).State, subscribers.Complained)
		b.equal("another's id", must(s.Take(b.ctx(), bounce.Event{ID: "y", Kind: report.Hard, Status: "5.1.1", Source: bounce.Pipe,
			Person: bounce.Person{Addresses: []string{all[5].Email}, MessageID: id(all[0].ID)}})).Outcome, bounce.NobodyOf)
	}},
	{"a report that has but the relay's name for the mail is about who got it", func(b *bench) {
		b.source("nightbus")
		all := b.enrol(3)
		said := func(replies ...string) func(subscribers.Delivery) string {
			return func(d subscribers.Delivery) string { return replies[d.SubscriberID-all[0].ID] }
		}
		week := 7 * 24 * time.Hour
		b.mailedAs(now, said("2.0.0 Ok: queued as 4F7A1", "2.0.0 Ok: queued as 4F7A2", "2.0.0 Ok: queued as 5B00C"))
		second := b.mailedAs(now.Add(week), said("2.0.0 Ok: queued as 9C3D11", "2.0.0 Ok: queued as 4F7A4", "2.0.0 Ok: queued as 5B00C"))
		b.mailedAs(now.Add(5*week), said("2.0.0 Ok: queued as E0A1B", "2.0.0 Ok: queued as E0A1C", "2.0.0 Ok: queued as E0A1D"))
		dsn := func(email, id string) string {
			return "From: MAILER-DAEMON@relay.example\nTo: post@news.example\nSubject: Undelivered\nMIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=b\n\n" +
				"--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; relay.example\nX-Postfix-Queue-ID: " + id + "\nX-Postfix-Sender: rfc822; post@news.example\n\n" +
				"Final-Recipient: rfc822; " + email + "\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 unknown\n\n--b--\n"
		}
		for _, c := range []struct {
			what, email, id string
			at              time.Time
			want            bounce.Outcome
		}{
			{"another's name", all[0].Email, "4F7A4", now.Add(week + time.Hour), bounce.NobodyOf},
			{"a part of a name", all[0].Email, "9C3D1", now.Add(week + time.Hour), bounce.NobodyOf},
			{"another address", "elsewhere@list.example", "9C3D11", now.Add(week + time.Hour), bounce.NobodyOf},
			{"a name of two mails", all[2].Email, "5B00C", now.Add(week + time.Hour), bounce.NobodyOf},
			{"a name of long ago", all[1].Email, "4F7A2", now.Add(5*week + time.Hour), bounce.NobodyOf},
			{"no name", all[0].Email, "queued", now.Add(5*week + time.Hour), bounce.NobodyOf},
			{"its own", all[0].Email, "9C3D11", now.Add(week + time.Hour), bounce.Recorded},
		} {
			taken := must(b.bounces(c.at).Message(b.ctx(), bounce.Pipe, strings.NewReader(dsn(c.email, c.id))))
			b.equal(c.what, taken.Outcome, c.want)
		}
		b.equal("the issue", must(b.BounceCounts(b.ctx(), second.ID)), map[report.Kind]int{report.Hard: 1})
		b.equal("the reader", b.state(all[0].ID), subscribers.Bounced)
	}},
	{"three soft issues over a fortnight end it, and a clean one between them does not", func(b *bench) {
		b.source("nightbus")
		all := b.enrol(2)
		week := 7 * 24 * time.Hour
		for i := range 3 {
			at := now.Add(time.Duration(i) * week)
			issue := b.mailed(at, takenAll)
			s := b.bounces(at.Add(2 * time.Hour))
			must(s.Take(b.ctx(), event("1", at.Add(time.Hour), report.Soft, "4.2.2", b.returned(issue, all[0].ID))))
			if i != 1 {
				must(s.Take(b.ctx(), event("2", at.Add(time.Hour), report.Soft, "4.2.2", b.returned(issue, all[1].ID))))
			}
		}
		b.equal("in a row", b.state(all[0].ID), subscribers.Bounced)
		b.equal("with a clean one", b.state(all[1].ID), subscribers.Active)
		at := now.Add(3 * week)
		issue := b.mailed(at, takenAll)
		must(b.bounces(at.Add(2*time.Hour)).Take(b.ctx(), event("3", at.Add(time.Hour), report.Soft, "", b.returned(issue, all[1].ID))))
		b.equal("the second of a new row", b.state(all[1].ID), subscribers.Active)
	}},
	{"who confirms anew begins at nothing, and old mails count no more", func(b *bench) {
		b.source("nightbus")
		reader := b.signUp("ines@list.example", start)
		issue := b.mailed(now, takenAll)
		path := b.returned(issue, reader.ID)
		must(b.bounces(now.Add(time.Hour)).Take(b.ctx(), event("1", now.Add(time.Hour), report.Complaint, "", path)))
		b.equal("complained", b.state(reader.ID), subscribers.Complained)
		again := b.request(reader.Email, now.Add(48*time.Hour))
		b.equal("asked", b.ask(again), true)
		b.equal("while asked", b.state(reader.ID), subscribers.Complained)
		must(b.Confirm(b.ctx(), again.Confirm, click(now.Add(49*time.Hour))))
		s := b.bounces(now.Add(100 * time.Hour))
		b.equal("replayed", must(s.Take(b.ctx(), event("1", now.Add(time.Hour), report.Complaint, "", path))).Outcome, bounce.Repeated)
		late := must(s.Take(b.ctx(), event("2", now.Add(50*time.Hour), report.Hard, "5.1.1", path)))
		b.equal("a late bounce", [2]any{late.Outcome, late.Counted}, [2]any{bounce.Recorded, false})
		b.equal("the state", b.state(reader.ID), subscribers.Active)
	}},
	{"refusals in the ledger count by the same rules, once", func(b *bench) {
		b.source("nightbus")
		all := b.enrol(6)
		outcomes := []subscribers.Outcome{
			{Cause: subscribers.AddressRefused, Code: 550, Reply: "5.1.1 no such user"},
			{Cause: subscribers.AddressRefused, Code: 550, Reply: "5.2.1 closed"},
			{Cause: subscribers.Expired, Code: 452, Reply: "4.2.2 over quota"},
			{Cause: subscribers.Expired, Error: "dial: refused"},
			{Cause: subscribers.MessageRefused, Code: 554, Reply: "5.7.1 spam"},
		}
		issue := b.mailed(now, func(d subscribers.Delivery) (subscribers.Outcome, bool) {
			for i, o := range outcomes {
				if d.Email == all[i].Email {
					return o, true
				}
			}
			return subscribers.Outcome{}, false
		})
		s := b.bounces(now.Add(time.Hour))
		b.equal("new", must(s.Refusals(b.ctx())), 4)
		b.equal("looked at", len(must(b.RefusedIn(b.ctx(), 10))), 0)
		b.equal("again", must(s.Refusals(b.ctx())), 0)
		b.must(b.Looked(b.ctx(), issue.ID, 0))
		b.equal("looked at once more", must(s.Refusals(b.ctx())), 0)
		b.equal("a report of the same", must(s.Take(b.ctx(), event("1", now, report.Hard, "5.2.1", b.returned(issue, all[1].ID)))).Outcome, bounce.Repeated)
		var states []subscribers.State
		for _, r := range all {
			states = append(states, b.state(r.ID))
		}
		const active = subscribers.Active
		b.equal("states", states, []subscribers.State{subscribers.Bounced, active, active, active, active, active})
		b.equal("counts", must(b.BounceCounts(b.ctx(), issue.ID)), map[report.Kind]int{report.Hard: 2, report.Soft: 1, report.Policy: 1})
		next := now.Add(7 * 24 * time.Hour)
		b.mailed(next, func(d subscribers.Delivery) (subscribers.Outcome, bool) { return outcomes[1], d.Email == all[1].Email })
		b.equal("of the next", must(b.bounces(next.Add(time.Hour)).Refusals(b.ctx())), 1)
		b.equal("refusals among what came later", len(must(s.Events(b.ctx(), bounce.Filter{Later: true}))), 0)
		b.equal("after two", b.state(all[1].ID), subscribers.Bounced)
	}},
	{"refusals of most of an issue's readers suppress nobody", func(b *bench) {
		b.source("nightbus")
		at := b.enrolAt(32, func(n int) string { return fmt.Sprintf("list%d.example", n) })
		unknown := subscribers.Outcome{Cause: subscribers.AddressRefused, Code: 550, Reply: "5.1.1 User unknown"}
		issue := b.mailed(now, func(subscribers.Delivery) (subscribers.Outcome, bool) { return unknown, true })
		s := b.bounces(now.Add(time.Hour))
		b.equal("taken", must(s.Refusals(b.ctx())), 32)
		b.equal("kinds", must(b.BounceCounts(b.ctx(), issue.ID)), map[report.Kind]int{report.Doubtful: 32})
		b.equal("active", b.inState(subscribers.Active), 32)
		b.equal("told", len(must(b.Doubted(b.ctx(), now))), 32)
		b.equal("told of what is long over", len(must(b.Doubted(b.ctx(), now.Add(time.Second)))), 0)
		b.equal("once more", must(s.Refusals(b.ctx())), 0)
		// One domain's readers truly are gone, and then all.
		gone := bounce.Decision{IssueID: issue.ID, Gone: true, Domain: "LIST3.example"}
		b.equal("meant", must(s.Meant(b.ctx(), gone)), 1)
		b.equal("gone of one", must(s.Decide(b.ctx(), tester, gone)), 1)
		b.equal("the one", b.state(at[3].ID), subscribers.Bounced)
		gone.Domain = ""
		b.equal("gone of all", must(s.Decide(b.ctx(), tester, gone)), 31)
		b.equal("bounced", b.inState(subscribers.Bounced), 32)
		b.equal("then", must(s.Meant(b.ctx(), gone)), 0)
		b.equal("told then", len(must(b.Doubted(b.ctx(), now))), 0)
		b.equal("kinds then", must(b.BounceCounts(b.ctx(), issue.ID)), map[report.Kind]int{report.Hard: 32})
		b.equal("the audit", must(b.Audit(b.ctx(), digest.AuditFilter{Limit: 1}))[0].On, "of each of 31 readers whom servers refused in issue 1")
	}},
	{"refusals of most of a domain's readers suppress nobody there", func(b *bench) {
		b.source("nightbus")
		all := b.enrolAt(40, func(n int) string {
			switch {
			case n < 10:
				return "failing.example"
			case n < 14:
				return "small.example" // fewer than make a doubt
			}
			return "fine.example"
		})
		unknown := subscribers.Outcome{Cause: subscribers.AddressRefused, Code: 550, Reply: "5.1.1 User unknown"}
		issue := b.mailed(now, func(d subscribers.Delivery) (subscribers.Outcome, bool) {
			refused := strings.HasSuffix(d.Email, "@small.example") || d.Email == all[20].Email
			for _, r := range all[:5] {
				refused = refused || d.Email == r.Email
			}
			return unknown, refused
		})
		s := b.bounces(now.Add(time.Hour))
		b.equal("taken", must(s.Refusals(b.ctx())), 10)
		b.equal("kinds", must(b.BounceCounts(b.ctx(), issue.ID)), map[report.Kind]int{report.Doubtful: 5, report.Hard: 5})
		b.equal("active", b.inState(subscribers.Active), 35)
		b.equal("told", must(b.Doubted(b.ctx(), now)), []bounce.Doubted{{IssueID: issue.ID, Series: must(b.SeriesList(b.ctx()))[0].Slug, Number: issue.Number, Title: issue.Title, Domain: "failing.example", Readers: 5}})
	}},
	{"an issue is looked at once all its readers were tried", func(b *bench) {
		issue := b.sending(8)
		begun := b.exchange(issue, 7, now)
		unknown := func(d subscribers.Delivery) deliver.Result {
			r := result(d, subscribers.Failed, now)
			r.Outcome = subscribers.Outcome{Cause: subscribers.AddressRefused, Code: 550, Reply: "5.1.1 User unknown"}
			return r
		}
		b.exchange(issue, 0, now, unknown(begun[0]))
		s := b.bounces(now.Add(time.Hour))
		b.equal("before", must(s.Refusals(b.ctx())), 0)
		last := b.exchange(issue, 1, now)
		var results []deliver.Result
		for _, d := range append(begun[1:], last...) {
			results = append(results, unknown(d))
		}
		b.exchange(issue, 0, now, results...)
		b.equal("then", must(s.Refusals(b.ctx())), 8)
		b.equal("kinds", must(b.BounceCounts(b.ctx(), issue.ID)), map[report.Kind]int{report.Doubtful: 8})
	}},
	{"who bounced by refusals in one issue is mailed again, and nobody else", func(b *bench) {
		b.source("nightbus")
		all := b.enrolAt(30, func(n int) string {
			if n < 2 {
				return "one.example"
			}
			return "two.example"
		})
		unknown := subscribers.Outcome{Cause: subscribers.AddressRefused, Code: 550, Reply: "5.1.1 User unknown"}
		issue := b.mailed(now, func(d subscribers.Delivery) (subscribers.Outcome, bool) {
			for _, r := range all[:6] {
				if d.Email == r.Email {
					return unknown, true
				}
			}
			return unknown, false
		})
		s := b.bounces(now.Add(time.Hour))
		must(s.Refusals(b.ctx()))
		b.equal("bounced", b.inState(subscribers.Bounced), 6)
		// One calls the mail spam; one leaves by a link; one comes back and is suppressed by hand; another bounces by a report.
		must(s.Take(b.ctx(), event("spam", now.Add(time.Minute), report.Complaint, "", b.returned(issue, all[3].ID))))
		must(b.Unsubscribe(b.ctx(), all[4].Token, now.Add(2*time.Minute)))
		must(b.Enrol(b.ctx(), digest.Audited{}, []roster.Entry{b.person(all[5].Email, subscribers.Unsubscribed)}, false))
		b.equal("of one domain", must(s.Decide(b.ctx(), tester, bounce.Decision{IssueID: issue.ID, Domain: "one.example"})), 2)
		b.equal("the audit", must(b.Audit(b.ctx(), digest.AuditFilter{Limit: 1}))[0].String(), tester.String()+" took off the suppression list 2 readers whom servers refused in issue 1: one.example")
		must(b.Enrol(b.ctx(), digest.Audited{}, []roster.Entry{{Subscriber: subscribers.Subscriber{Email: all[0].Email, Key: all[0].Key, State: subscribers.Bounced, Frequency: subscribers.Every, Token: b.token()}}}, false))
		must(s.Take(b.ctx(), event("gone", now.Add(time.Minute), report.Hard, "5.1.1", b.returned(issue, all[9].ID))))
		b.equal("by hand", b.state(all[0].ID), subscribers.Bounced)
		b.equal("of all", must(s.Decide(b.ctx(), tester, bounce.Decision{IssueID: issue.ID})), 1)
		var states []subscribers.State
		for _, r := range all[:10] {
			states = append(states, b.state(r.ID))
		}
		const active, bounced = subscribers.Active, subscribers.Bounced
		b.equal("states", states, []subscribers.State{bounced, active, active, subscribers.Complained, bounced, bounced, active, active, active, bounced})
		b.equal("their consent", must(b.SubscriberByKey(b.ctx(), all[1].Key)).ConfirmedAt, all[1].ConfirmedAt)
		must(s.Refusals(b.ctx()))
		b.equal("the duty, again", b.state(all[1].ID), active)
		b.equal("once more", must(s.Decide(b.ctx(), tester, bounce.Decision{IssueID: issue.ID})), 0)
	}},
	{"a letter's bounce is about its reader", func(b *bench) {
		b.source("nightbus")
		b.ask(b.request("waits@list.example", start))
		l := b.letters(start)[0]
		reader := must(b.SubscriberByKey(b.ctx(), "waits@list.example"))
		b.equal("its reader", l.SubscriberID, reader.ID)
		path := subscribers.ReturnPath{Domain: "x", Salt: must(b.Publication(b.ctx())).Salt}.For(subscribers.Returned{LetterID: l.ID, SubscriberID: l.SubscriberID})
		s := b.bounces(now)
		b.equal("taken", must(s.Take(b.ctx(), event("1", now, report.Hard, "5.1.1", path))).State, subscribers.Bounced)
		b.equal("again", must(s.Take(b.ctx(), event("2", now, report.Hard, "5.1.1", path))).Outcome, bounce.Repeated)
	}},
	{"suppression outlives being forgotten, until the person confirms", func(b *bench) {
		b.source("nightbus")
		reader := b.signUp("ines@list.example", start)
		issue := b.mailed(now, takenAll)
		path := b.returned(issue, reader.ID)
		must(b.bounces(now).Take(b.ctx(), event("1", now, report.Complaint, "", path)))
		b.must(b.Erase(b.ctx(), tester, reader.ID, now))
		b.equal("words kept", must(b.Events(b.ctx(), bounce.Filter{}))[0].Words, "")
		b.equal("an event of one forgotten", must(b.bounces(now).Take(b.ctx(), event("2", now, report.Hard, "5.1.1", path))).Outcome, bounce.NobodyOf)
		enrol := func() roster.Enrolled {
			return must(b.Enrol(b.ctx(), digest.Audited{}, []roster.Entry{b.person(reader.Email, subscribers.Active)}, false))[0]
		}
		b.equal("an import", enrol(), roster.Kept)
		other := b.person("other@list.example", subscribers.Active)
		b.equal("of another", must(b.Enrol(b.ctx(), digest.Audited{}, []roster.Entry{other}, true))[0], roster.Added)
		again := b.request(reader.Email, now.Add(48*time.Hour))
		b.equal("asked", b.ask(again), true)
		b.equal("an import while they are asked", enrol(), roster.Known)
		must(b.Confirm(b.ctx(), again.Confirm, click(now.Add(49*time.Hour))))
		back := must(b.SubscriberByKey(b.ctx(), reader.Key))
		b.equal("back", back.State, subscribers.Active)
		b.must(b.Erase(b.ctx(), tester, back.ID, now.Add(50*time.Hour)))
		b.equal("who was not suppressed", enrol(), roster.Added)
	}},
}
