package main

import (
	"context"
	"fmt"
	"time"

	"postbag/digest"
	"postbag/digest/dispatch"
	"postbag/subscribers"
)

// sendingCmd groups the commands about sending as a whole.
type sendingCmd struct {
	Show    sendingShowCmd    `cmd:"" default:"withargs" help:"Say whether sending is held, and what waits for it. The default."`
	Hold    sendingHoldCmd    `cmd:"" help:"Publish and mail nothing until it is released."`
	Release sendingReleaseCmd `cmd:"" help:"Let sending go on."`
}

type sendingShowCmd struct{ listing }

// heldRow is the hold in a JSON listing, which has one.
type heldRow struct {
	Held          bool           `json:"held"`
	Since         stamp          `json:"since"`
	Reason        string         `json:"reason"`
	By            string         `json:"by"`
	Confirmations int            `json:"confirmations"` // that waited before the hold
	Issues        []heldIssueRow `json:"issues"`        // that another copy may have sent
}

// heldIssueRow is an issue of a hold.
type heldIssueRow struct {
	ID     int64              `json:"id"`
	Number int                `json:"number"`
	Title  string             `json:"title"`
	State  digest.IssueState  `json:"state"`
	Due    stamp              `json:"due"`
	Open   int                `json:"open"` // mails that would still go out
	Sent   int                `json:"sent"`
	Counts subscribers.Counts `json:"deliveries"`
}

// Run shows the hold.
func (c sendingShowCmd) Run(ctx context.Context, p *Program, a *app) error {
	held, err := a.sender.Held(ctx)
	if err != nil {
		return err
	}
	row := heldRow{Held: !held.Since.IsZero(), Since: stamp(held.Since), Reason: held.Reason, By: held.By, Confirmations: held.Letters, Issues: heldIssues(held)}
	switch {
	case c.JSON:
		return printJSON(p, row)
	case !row.Held:
		_, err := fmt.Fprintln(p.Stdout, "Sending is not held.")
		return err
	}
	who := ""
	if held.By != "" {
		who = " by " + cell(held.By, 40)
	}
	fmt.Fprintf(p.Stdout, "Sending is held%s since %s UTC: %s\n", who, when(held.Since), printable(held.Reason))
	return p.sayUnsure(held)
}

func heldIssues(held dispatch.Held) []heldIssueRow {
	return rowsOf(held.Unsure, func(x dispatch.HeldIssue) heldIssueRow {
		return heldIssueRow{ID: x.ID, Number: x.Number, Title: x.Title, State: x.State, Due: stamp(x.DueAt),
			Open: x.Counts.Open(), Sent: x.Counts[subscribers.Delivered], Counts: x.Counts}
	})
}

// sayUnsure lists what another copy may have sent.
func (p *Program) sayUnsure(held dispatch.Held) error {
	if len(held.Unsure) == 0 && held.Letters == 0 {
		_, err := fmt.Fprintln(p.Stdout, "Nothing was on its way. Let it go on with: postbag sending release")
		return err
	}
	if held.Letters > 0 {
		fmt.Fprintf(p.Stdout, "%s waited to be mailed.\n", plural(held.Letters, "confirmation"))
	}
	if len(held.Unsure) > 0 {
		fmt.Fprintln(p.Stdout, "Another copy of this installation may have gone on with these:")
		err := printList(p, false, heldIssues(held), "", "ISSUE\tSTATE\tDUE (UTC)\tSENT\tOPEN\tTITLE", func(r heldIssueRow) string {
			return fmt.Sprintf("%d\t%s\t%s\t%d\t%d\t%s", r.Number, r.State, when(time.Time(r.Due)), r.Sent, r.Open, cell(r.Title, 60))
		})
		if err != nil {
			return err
		}
	}
	_, err := fmt.Fprint(p.Stdout, `If another copy may have sent them: postbag sending release --unsent=uncertain
If none can have sent them:         postbag sending release --unsent=send
`)
	return err
}

type sendingHoldCmd struct {
	Reason string `help:"Why, for whoever asks." default:"held by hand" placeholder:"TEXT"`
}

// Run holds sending and waits until what is on the wire is recorded.
func (c sendingHoldCmd) Run(ctx context.Context, p *Program, a *app) error {
	done, left, err := a.sender.Hold(ctx, p.by(), c.Reason)
	if err != nil {
		return err
	}
	if !done {
		_, err := fmt.Fprintln(p.Stdout, "Sending was held already. See: postbag sending")
		return err
	}
	fmt.Fprintln(p.Stdout, "Sending is held: nothing is published or mailed. Pulling goes on, and so do confirmations of new sign-ups.")
	if left > 0 {
		fmt.Fprintf(p.Stdout, "%s still under way: the worker records what became of them, or they are of a worker that is no more.\n", plural(left, "mail"))
	}
	return nil
}

type sendingReleaseCmd struct {
	Unsent string `help:"What another copy may have sent: uncertain leaves it to you, send goes on with it." enum:",uncertain,send" default:"" placeholder:"uncertain|send"`
}

// Run releases the hold.
func (c sendingReleaseCmd) Run(ctx context.Context, p *Program, a *app) error {
	was, issues, err := a.sender.Release(ctx, p.by(), dispatch.Unsent(c.Unsent))
	if err != nil && digest.KindOf(err) == digest.Conflict {
		return first(p.sayUnsure(was), err)
	}
	if err != nil {
		return err
	}
	if was.Since.IsZero() {
		_, err := fmt.Fprintln(p.Stdout, "Sending is not held.")
		return err
	}
	fmt.Fprintln(p.Stdout, "Sending goes on.")
	for _, x := range issues {
		if _, err := fmt.Fprintf(p.Stdout, "Issue %d "+sayFate[x.Fate]+"\n", x.Number); err != nil {
			return err
		}
	}
	return nil
}

// sayFate says what became of an issue of a hold, and what to do; %[1]d is its
// number.
var sayFate = map[dispatch.Fate]string{
	dispatch.GoesOn:      "goes on.",
	dispatch.LostMoment:  "has lost its moment and waits for you: postbag issue send %[1]d",
	dispatch.Stopped:     "is sent no further; whom it may have missed: postbag issue delivered %[1]d --state uncertain; to send it to them: postbag issue send %[1]d --state uncertain",
	dispatch.TooLate:     "is too late and waits for you: postbag issue send %[1]d",
	dispatch.StaysPaused: "stays paused; go on with: postbag issue resume %[1]d",
}
