package keeping_test

import (
	"net/http"
	"strings"
	"testing"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/store/storetest"
	"postbag/digest/web/desktest"
	"postbag/subscribers"
	"postbag/subscribers/deliver"
	"postbag/subscribers/roster"
)

// doubtful mails issue 8 to four readers: two are in doubt, one was refused, one has it.
func doubtful(t *testing.T, d *desktest.Desk) (issue digest.Issue, emails []string) {
	t.Helper()
	ctx, now := t.Context(), d.Clock.Now()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	list := roster.New(roster.Options{Store: d.DB, Clock: d.Clock})
	emails = []string{"ada@paper.example", "bo@paper.example", "cem@paper.example", "dot@paper.example"}
	for _, email := range emails {
		_, err := list.Add(ctx, storetest.Tester, email, "", roster.AddOptions{Confirmed: true, ConsentText: "asked"})
		must(err)
	}
	issue, _, err := d.Desk.Issue(ctx, desk.Ref{Number: 8})
	must(err)
	issue.ApprovedAt = now
	issue.Frozen = &digest.Frozen{Title: issue.Title, Number: 8, Date: now, Blocks: []digest.FrozenBlock{{Kind: digest.HeadingBlock, Heading: "Nights"}}}
	must(d.DB.Approve(ctx, storetest.Tester, &issue, nil))
	must(d.DB.MoveIssue(ctx, storetest.Tester, issue.ID, digest.Published, now, digest.AsSeen{}))
	_, err = d.DB.Begin(ctx, subscribers.Mailing{IssueID: issue.ID, Begun: now, Domain: "paper.example"}, false)
	must(err)
	claimed, err := d.DB.Exchange(ctx, deliver.Exchange{IssueID: issue.ID, Claim: 9, Now: now})
	must(err)
	begun, err := d.DB.Exchange(ctx, deliver.Exchange{IssueID: issue.ID, Begin: claimed.Claimed, Now: now})
	must(err)
	var results []deliver.Result
	for _, x := range begun.Begun {
		r := deliver.Result{DeliveryID: x.ID, Fence: x.Fence, State: subscribers.Delivered, At: now, Outcome: subscribers.Outcome{Cause: subscribers.Accepted, Code: 250, Reply: "ok"}}
		switch x.Email {
		case emails[0], emails[1]:
			r.State, r.Outcome = subscribers.Uncertain, subscribers.Outcome{Cause: subscribers.NoAnswer, Error: "it hung <up>"}
		case emails[2]:
			r.State, r.Outcome = subscribers.Failed, subscribers.Outcome{Cause: subscribers.MessageRefused, Code: 550, Reply: "too much"}
		}
		results = append(results, r)
	}
	_, err = d.DB.Exchange(ctx, deliver.Exchange{IssueID: issue.ID, Settle: results, Now: now})
	must(err)
	_, err = d.DB.Finish(ctx, issue.ID, now)
	must(err)
	return issue, emails
}

// TestSettlingMails decides from the page of a past issue: each button leads to a page
// that says what it means, and nothing is done before its button is pressed.
func TestSettlingMails(t *testing.T) {
	d := start(t)
	issue, _ := doubtful(t, d)
	ann := d.Person("ann")
	counts := func(what string, want subscribers.Counts) {
		t.Helper()
		got, err := d.DB.Counts(t.Context(), issue.ID)
		if err != nil || len(got) != len(want) {
			t.Errorf("%s: %v, %v", what, got, err)
		}
		for state, n := range want {
			if got[state] != n {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
	}
	const page, ask = "/desk/issues/8", "/desk/issues/8/settle"
	first := `href="/desk/issues/8/settle?as=sent&amp;reader=1&amp;state=uncertain"`
	wants(t, ann.Get(page), http.StatusOK, "it hung &lt;up&gt;", "too much", first, `href="/desk/issues/8/settle?as=send-again&amp;state=failed"`, "Send all again that are in doubt")
	wants(t, ann.Get(page), http.StatusOK, `href="/desk/issues/8?by=domain#domains"`)
	wants(t, ann.Get(page+"?by=domain"), http.StatusOK, `<td>paper.example</td><td data-label="Mails">4</td><td data-label="Sent">1</td>`, "2 × Postbag: it hung &lt;up&gt;")
	question := ann.Get(ask + "?as=sent&reader=1&state=uncertain")
	wants(t, question, http.StatusOK, "1 mail of Pick of the Week 8: in doubt", "Count as sent", "Leave it")
	counts("asked", subscribers.Counts{subscribers.Uncertain: 2, subscribers.Failed: 1, subscribers.Delivered: 1})
	wants(t, ann.Send(question, ask), http.StatusOK, "1 mail counts as sent.")
	counts("it arrived", subscribers.Counts{subscribers.Uncertain: 1, subscribers.Failed: 1, subscribers.Delivered: 2})
	wants(t, ann.Send(question, ask), http.StatusOK, "Nothing was done")
	wants(t, ann.Get(page), http.StatusOK, `href="/desk/issues/8/settle?as=not-sent&amp;state=uncertain"`, "Give it up", "Give all up that are in doubt")
	if body := ann.Get(page).Body; strings.Contains(body, "as=not-sent&amp;state=failed") {
		t.Error("what was refused can be given up once more")
	}
	all := ann.Get(ask + "?as=send-again&state=failed")
	wants(t, all, http.StatusOK, "1 mail of Pick of the Week 8: refused (message-refused 1)", "to 1 reader", "It cannot be undone.", "Send again")
	wants(t, ann.Send(all, ask), http.StatusOK, "1 mail waits to be sent again.")
	counts("sent again", subscribers.Counts{subscribers.Uncertain: 1, subscribers.Queued: 1, subscribers.Delivered: 2})
	if state, err := d.DB.IssueState(t.Context(), issue.ID); err != nil || state != digest.Sending {
		t.Errorf("the issue is %s, %v", state, err)
	}
	for address, status := range map[string]int{
		ask:                               http.StatusUnprocessableEntity,
		ask + "?as=send-again&state=sent": http.StatusUnprocessableEntity,
		ask + "?as=sent&state=uncertain&reader=x":        http.StatusUnprocessableEntity,
		"/desk/issues/99/settle?as=sent&state=uncertain": http.StatusNotFound,
	} {
		wants(t, ann.Get(address), status)
	}
	wants(t, ann.Post(ask, []string{"as", "sent", "state", "uncertain"}), http.StatusUnprocessableEntity, "It is not said which mails were meant")
	counts("at last", subscribers.Counts{subscribers.Uncertain: 1, subscribers.Queued: 1, subscribers.Delivered: 2})
	giveUp := ann.Get(ask + "?as=not-sent&state=uncertain")
	wants(t, giveUp, http.StatusOK, "Count as not sent")
	wants(t, ann.Send(giveUp, ask), http.StatusOK, "1 mail counts as not sent.")
	counts("given up", subscribers.Counts{subscribers.Failed: 1, subscribers.Queued: 1, subscribers.Delivered: 2})
	said, err := d.DB.Audit(t.Context(), digest.AuditFilter{Did: digest.MailsSettled})
	if err != nil || len(said) != 3 || !strings.Contains(said[0].By.Name, "ann") {
		t.Errorf("the audit has %+v, %v", said, err)
	}
}

// TestSettlingFitsAPhone looks at the page of a past issue and at the question in a browser.
func TestSettlingFitsAPhone(t *testing.T) {
	b := desktest.NewBrowser(t)
	d := start(t)
	doubtful(t, d)
	for _, look := range desktest.Looks() {
		tab := look.In(b, d, "")
		for name, page := range map[string]string{"issue": "/desk/issues/8?by=domain", "settle": "/desk/issues/8/settle?as=send-again&state=uncertain"} {
			tab.Open(d.Site.Base + page)
			tab.Clean(name + " " + look.String())
		}
	}
}
