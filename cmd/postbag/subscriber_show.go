package main

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"postbag/subscribers"
	"postbag/subscribers/bounce"
	"postbag/subscribers/roster"
)

type subscriberShowCmd struct {
	Email string `arg:"" help:"The address."`
	JSON  bool   `name:"json" help:"Print JSON: an array of one."`
}

// shownSubscriber is a subscriber with all that is known of them, in JSON.
type shownSubscriber struct {
	subscriberRow
	Waiting       int               `json:"waiting"`
	Consents      []consentRow      `json:"consents"`
	Confirmations []confirmationRow `json:"confirmations"`
	Deliveries    []receivedRow     `json:"deliveries"`
	Bounces       []bounceRow       `json:"bounces"`
}

// consentRow is how a reader agreed, in JSON.
type consentRow struct {
	At      stamp  `json:"at"`
	Wording string `json:"wording"`
	Page    string `json:"page"`
	IP      string `json:"ip"`
	By      string `json:"by"`
}

// confirmationRow is a mail that asked a reader to confirm, in JSON.
type confirmationRow struct {
	At      stamp `json:"at"`
	Expires stamp `json:"expires"`
	Used    stamp `json:"used"`
}

// receivedRow is an issue that a reader was mailed, in JSON.
type receivedRow struct {
	Series string                    `json:"series"`
	Number int                       `json:"number"`
	Title  string                    `json:"title"`
	State  subscribers.DeliveryState `json:"state"`
	Cause  subscribers.Cause         `json:"cause"`
	At     stamp                     `json:"at"`
	Code   int                       `json:"code"`
	Reply  string                    `json:"reply"`
	Error  string                    `json:"error"`
}

// Run shows a reader.
func (c subscriberShowCmd) Run(ctx context.Context, p *Program, a *app) error {
	found, err := a.readers().Find(ctx, c.Email)
	if err != nil {
		return err
	}
	told, err := a.readers().Tell(ctx, found.ID)
	if err != nil {
		return err
	}
	shown := shownSubscriberOf(told)
	back, err := a.bounces().Events(ctx, bounce.Filter{SubscriberID: found.ID, Limit: mostReturned})
	if err != nil {
		return err
	}
	shown.Bounces = rowsOf(back, bounceRowOf)
	if c.JSON {
		return printJSON(p, shown)
	}
	_, err = fmt.Fprint(p.Stdout, printable(shown.text(p.Clock.Now())))
	return err
}

func shownSubscriberOf(told roster.Told) shownSubscriber {
	return shownSubscriber{
		subscriberRow: subscriberRowOf(told.Subscriber), Waiting: told.Waiting,
		Consents: rowsOf(told.Consents, func(x subscribers.Consent) consentRow {
			return consentRow{At: stamp(x.At), Wording: x.Wording, Page: x.Page, IP: x.IP, By: x.EnteredBy}
		}),
		Confirmations: rowsOf(told.Confirmations, func(x roster.Asked) confirmationRow {
			return confirmationRow{At: stamp(x.At), Expires: stamp(x.Expires), Used: stamp(x.Used)}
		}),
		Deliveries: rowsOf(told.Deliveries, func(x roster.Received) receivedRow {
			return receivedRow{Series: x.Series, Number: x.Issue.Number, Title: x.Issue.Title, State: x.State, Cause: x.Cause, At: stamp(x.At),
				Code: x.Code, Reply: x.Reply, Error: x.Error}
		}),
	}
}

// text is the reader for a person.
func (r shownSubscriber) text(now time.Time) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, reader %d\n", r.Email, r.ID)
	if r.Name != "" {
		fmt.Fprintln(&b, oneLine(r.Name))
	}
	fmt.Fprintf(&b, "%s, wants %s\non the list since %s, confirmed %s, left %s\n", r.State, r.Frequency, shownAt(r.Created), shownAt(r.Confirmed), shownAt(r.Left))
	if why := roster.Why(r.State); why != "" {
		fmt.Fprintln(&b, why)
	}
	if r.Waiting > 0 {
		fmt.Fprintf(&b, "%s to be mailed\n", counted(r.Waiting, "letter waits", "letters wait"))
	}
	fmt.Fprint(&b, "\nHow they agreed:\n")
	for _, x := range r.Consents {
		fmt.Fprintf(&b, "  %s  %s, %s", shownAt(x.At), cmp.Or(oneLine(x.Wording), "no words are kept"), oneLine(x.Page))
		if x.IP != "" {
			fmt.Fprintf(&b, " from %s", x.IP)
		}
		if x.By != "" {
			fmt.Fprintf(&b, ", entered by %s", oneLine(x.By))
		}
		fmt.Fprintln(&b)
	}
	if len(r.Consents) == 0 {
		fmt.Fprintln(&b, "  nothing is kept")
	}
	if len(r.Confirmations) > 0 {
		fmt.Fprint(&b, "\nAsked to confirm:\n")
	}
	for _, x := range r.Confirmations {
		fmt.Fprintf(&b, "  %s  %s\n", shownAt(x.At), x.answer(now))
	}
	if len(r.Bounces) > 0 {
		fmt.Fprint(&b, "\nWhat came back:\n")
	}
	for _, x := range r.Bounces {
		fmt.Fprintf(&b, "  %s\n", x.line())
	}
	if len(r.Deliveries) == 0 {
		fmt.Fprint(&b, "\nNo issue was mailed to them.\n")
		return b.String()
	}
	fmt.Fprintln(&b)
	tw := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, "ISSUE\tSTATE\tWHEN\tREPLY")
	for _, x := range r.Deliveries {
		fmt.Fprintf(tw, "%s\t%s\t%s\t%s\n", cell(x.Title, 60), x.State, shownAt(x.At), cell(subscribers.Outcome{Reply: x.Reply, Error: x.Error}.Words(), 80))
	}
	tw.Flush()
	return b.String()
}

// answer says what became of the question.
func (r confirmationRow) answer(now time.Time) string {
	switch {
	case !time.Time(r.Used).IsZero():
		return "confirmed " + shownAt(r.Used)
	case time.Time(r.Expires).Before(now):
		return "never answered"
	}
	return "no answer yet; the link works until " + shownAt(r.Expires)
}

type subscriberAskCmd struct {
	Email string `arg:"" help:"The address."`
}

// Run asks a reader once more to confirm.
func (c subscriberAskCmd) Run(ctx context.Context, p *Program, a *app) error {
	found, err := a.readers().Find(ctx, c.Email)
	if err != nil {
		return err
	}
	if err := a.signup(nil).AskAgain(ctx, p.by(), found); err != nil {
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "%s is asked to confirm. The mail goes out with the worker (postbag serve).\n", found.Email)
	return err
}

type subscriberEraseCmd struct {
	Email string `arg:"" help:"The address."`
	Yes   bool   `help:"Do not ask."`
}

// Run forgets a reader.
func (c subscriberEraseCmd) Run(ctx context.Context, p *Program, a *app) error {
	found, err := a.readers().Find(ctx, c.Email)
	if err != nil {
		return err
	}
	fmt.Fprintf(p.Stdout, "Erasing %s. %s\n", found.Email, strings.Join(roster.Erasure(), " "))
	if err := p.confirm(c.Yes, "erase "+found.Email); err != nil {
		return err
	}
	if err := a.readers().Erase(ctx, p.by(), found.ID); err != nil {
		return err
	}
	_, err = fmt.Fprintln(p.Stdout, "They are erased.")
	return err
}
