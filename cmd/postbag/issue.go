package main

import (
	"context"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"postbag/digest"
	"postbag/digest/desk"
	"postbag/digest/health"
	"postbag/digest/site"
	"postbag/digest/suggest"
)

// issueCmd groups the commands about issues: the whole desk from a terminal.
type issueCmd struct {
	Draft     issueDraftCmd     `cmd:"" help:"Open the next draft, or name the one that is open."`
	List      issueListCmd      `cmd:"" help:"List issues, newest first."`
	Show      issueShowCmd      `cmd:"" help:"Show an issue's rows."`
	Read      issueReadCmd      `cmd:"" help:"Read the comments an issue may pick, in full and in thread order."`
	Suggest   issueSuggestCmd   `cmd:"" help:"List the candidates the rules would pick, with reasons."`
	Voices    issueVoicesCmd    `cmd:"" help:"Tell whose voices the picks of an issue leave out, and who is picked again and again."`
	Pick      issuePickCmd      `cmd:"" help:"Pick comments by id, or the suggested ones."`
	Unpick    issueUnpickCmd    `cmd:"" help:"Take comments out."`
	Move      issueMoveCmd      `cmd:"" help:"Move a row to another position."`
	Order     issueOrderCmd     `cmd:"" help:"Put the picks in order, by thread or as on the blog; rows stay under their heading."`
	Together  issueTogetherCmd  `cmd:"" help:"Put an answer below the pick that it answers."`
	Edit      issueEditCmd      `cmd:"" help:"Set title and intro, add headings, text and quotations or write them anew, trim picks."`
	Skip      issueSkipCmd      `cmd:"" help:"Decide against comments: they are not offered again in the series."`
	Maybe     issueMaybeCmd     `cmd:"" help:"Keep comments for later: the next issue offers them again."`
	Undecide  issueUndecideCmd  `cmd:"" help:"Take back what was decided of comments."`
	Keep      issueKeepCmd      `cmd:"" help:"Let a pick stand as it was picked, although the blog changed or removed it."`
	Update    issueUpdateCmd    `cmd:"" help:"Take a pick as it reads on the blog now; its trimming is carried over where it fits."`
	Check     issueCheckCmd     `cmd:"" help:"List all that is to be fixed or looked at before an issue goes out."`
	Preview   issuePreviewCmd   `cmd:"" help:"Write an issue as readers would get it into files; no mail is sent."`
	Undo      issueUndoCmd      `cmd:"" help:"Take the last edit or decision back, whoever made it."`
	History   issueHistoryCmd   `cmd:"" help:"List who changed an issue, and how."`
	Approve   issueApproveCmd   `cmd:"" help:"Freeze a draft, to go out at its moment."`
	Hold      issueHoldCmd      `cmd:"" help:"Hold an issue back: its approval, or what has not left of its mail."`
	Reopen    issueReopenCmd    `cmd:"" help:"Take an approval back."`
	Pass      issuePassCmd      `cmd:"" help:"Let a draft's moment pass without an issue; its rows and comments go on to the next."`
	Publish   issuePublishCmd   `cmd:"" help:"Put an approved issue on the web and in the feed now."`
	Send      issueSendCmd      `cmd:"" help:"Mail a published issue to its readers now."`
	Test      issueTestCmd      `cmd:"" help:"Mail an issue as it stands to one address, marked as a test."`
	Pause     issuePauseCmd     `cmd:"" help:"Stop sending; what is queued stays queued."`
	Resume    issueResumeCmd    `cmd:"" help:"Go on sending."`
	Cancel    issueCancelCmd    `cmd:"" help:"End an issue that nobody has seen."`
	Withdraw  issueWithdrawCmd  `cmd:"" help:"Take a published issue off the pages and feeds, and send no more of it."`
	Delivered issueDeliveredCmd `cmd:"" help:"List what became of an issue's mails."`
	Settle    issueSettleCmd    `cmd:"" help:"Decide about mails that are in doubt or were refused: they arrived, are sent again, or are given up."`
}

// inSeries names a series.
type inSeries struct {
	Series string `help:"The series, where there are several." placeholder:"SLUG"`
}

// which names an issue.
type which struct {
	Number int `arg:"" optional:"" help:"The issue's number; else the present draft, or the newest issue."`
	inSeries
}

func (w which) ref() desk.Ref { return desk.Ref{Series: w.Series, Number: w.Number} }

// whichFlag names an issue where the arguments are something else.
type whichFlag struct {
	Issue int `help:"The issue's number; else the present draft." placeholder:"N"`
	inSeries
}

func (w whichFlag) ref() desk.Ref { return desk.Ref{Series: w.Series, Number: w.Issue} }

// numbered names an issue that is not guessed: what is done to it cannot be undone.
type numbered struct {
	Number int `arg:"" help:"The issue's number."`
	inSeries
}

func (n numbered) ref() desk.Ref { return desk.Ref{Series: n.Series, Number: n.Number} }

type issueDraftCmd struct {
	inSeries
	Due string `help:"Plan it for a time of your own, on the clocks of the series' zone, such as \"2026-12-06 18:00\"." placeholder:"TIME"`
}

// Run opens the next draft.
func (c issueDraftCmd) Run(ctx context.Context, p *Program, a *app) error {
	if c.Due != "" { // what is wrong with it is told before a draft is opened
		series, err := a.desk.Series(ctx, c.Series)
		if err != nil {
			return err
		}
		if _, err := a.desk.ReadMoment(series, c.Due); err != nil {
			return err
		}
	}
	issue, created, err := a.desk.Draft(ctx, p.by(), c.Series)
	if err != nil {
		return err
	}
	if c.Due != "" {
		if issue, err = a.plan(ctx, issue, c); err != nil {
			return err
		}
	}
	candidates, err := a.desk.Candidates(ctx, issue)
	if err != nil {
		return err
	}
	verb := "is open"
	if created {
		verb = "opened"
	}
	fmt.Fprintf(p.Stdout, "%s %s: %s to read, %s picked\n", issue.Title, verb,
		plural(len(candidates), "comment"), plural(issue.Picks(), "comment"))
	return a.sentence(ctx, issue)
}

// plan gives a draft a moment of its own.
func (a *app) plan(ctx context.Context, issue digest.Issue, c issueDraftCmd) (digest.Issue, error) {
	when, err := a.when(ctx, issue, false, c.Due)
	if err != nil {
		return issue, err
	}
	return a.desk.Plan(ctx, a.p.by(), desk.Ref{Series: c.Series, Number: issue.Number}, when.At)
}

// sentence says where an issue stands and what it waits for.
func (a *app) sentence(ctx context.Context, issue digest.Issue) error {
	series, err := a.desk.SeriesOf(ctx, issue.SeriesID)
	if err != nil {
		return err
	}
	at := desk.Moment(series, issue.DueAt)
	switch issue.State {
	case digest.Draft:
		_, err = fmt.Fprintf(a.p.Stdout, "Goes out %s, if approved by then.\n", at)
	case digest.Approved:
		if a.sender.IsLate(issue) {
			_, err = fmt.Fprintf(a.p.Stdout, "Approved. It should have gone out %s, and waits for you: postbag issue send %d, or postbag issue cancel %[2]d.\n", at, issue.Number)
			break
		}
		if a.p.Clock.Now().Sub(issue.DueAt) > health.OverdueAfter {
			_, err = fmt.Fprintf(a.p.Stdout, "Approved, and due since %s: a running worker lets it out, and so does: postbag issue send %d\n", at, issue.Number)
			break
		}
		_, err = fmt.Fprintf(a.p.Stdout, "Approved. Goes out %s.\n", at)
	case digest.Paused:
		why := "by hand"
		if issue.Pause.Cause.Refused() {
			why = issue.Pause.Detail
		}
		if advice := issue.Pause.Cause.Advice(); advice != "" {
			why += "\n" + advice + "."
		}
		_, err = fmt.Fprintf(a.p.Stdout, "Issue %d is paused: %s\nGo on with: postbag issue resume %[1]d\n", issue.Number, printable(why))
	case digest.Sending:
		_, err = fmt.Fprintf(a.p.Stdout, "Issue %d is %s%s.\n", issue.Number, issue.State.Is(), andWaits(issue))
	default:
		_, err = fmt.Fprintf(a.p.Stdout, "Issue %d is %s.\n", issue.Number, issue.State.Is())
	}
	return err
}

// andWaits says what the sending of an issue waits for, behind its state; "" for nothing.
func andWaits(issue digest.Issue) string {
	why := issue.Waits.Why(func(at time.Time) string { return when(at) + " UTC" })
	if issue.State != digest.Sending || why == "" {
		return ""
	}
	return ", and waits: " + printable(why)
}

type issueListCmd struct {
	listing
	inSeries
	Limit int `help:"At most so many." default:"50"`
}

// waitsRow is what the sending of an issue waits for; empty for nothing.
type waitsRow struct {
	For   digest.WaitsFor `json:"for"`
	Words string          `json:"words"`
	Until stamp           `json:"until"`
}

func waitsOf(issue digest.Issue) waitsRow {
	if issue.State != digest.Sending {
		return waitsRow{}
	}
	return waitsRow{For: issue.Waits.For, Words: issue.Waits.Words, Until: stamp(issue.Waits.Until)}
}

type issueRow struct {
	ID        int64             `json:"id"`
	SeriesID  int64             `json:"series_id"`
	Number    int               `json:"number"`
	State     digest.IssueState `json:"state"`
	Title     string            `json:"title"`
	Opened    stamp             `json:"opened"`
	Version   int64             `json:"version"`
	Slot      stamp             `json:"slot"`
	Due       stamp             `json:"due"`
	Asks      digest.Question   `json:"asks"`
	Overrode  digest.Override   `json:"overrode"`
	Paused    digest.PauseCause `json:"pause_cause"`
	Detail    string            `json:"pause_detail"`
	Waits     waitsRow          `json:"waits"`
	Approved  stamp             `json:"approved"`
	Published stamp             `json:"published"`
	Sent      stamp             `json:"sent"`
	URL       string            `json:"url,omitempty"`
}

// Run lists issues.
func (c issueListCmd) Run(ctx context.Context, p *Program, a *app) error {
	issues, err := a.desk.Issues(ctx, c.Series, c.Limit)
	if err != nil {
		return err
	}
	rows := rowsOf(issues, func(x digest.Issue) issueRow {
		r := issueRow{
			ID: x.ID, SeriesID: x.SeriesID, Number: x.Number, State: x.State, Title: x.Title,
			Version: x.Version, Slot: stamp(x.Slot), Asks: x.Asks, Overrode: x.Overrode, Paused: x.Pause.Cause, Detail: x.Pause.Detail, Waits: waitsOf(x),
			Opened: stamp(x.OpenedAt), Due: stamp(x.DueAt), Approved: stamp(x.ApprovedAt),
			Published: stamp(x.PublishedAt), Sent: stamp(x.SentAt),
		}
		if x.State.Public() {
			r.URL = a.issueURL(x.Number)
		}
		return r
	})
	return printList(p, c.JSON, rows, "No issues yet. To open the first draft: postbag issue draft", "NUMBER\tSTATE\tTITLE\tDUE\tPUBLISHED\tSENT\tADDRESS", func(r issueRow) string {
		return fmt.Sprintf("%d\t%s\t%s\t%s\t%s\t%s\t%s", r.Number, r.State, cell(r.Title, 40),
			when(time.Time(r.Due)), when(time.Time(r.Published)), when(time.Time(r.Sent)), r.URL)
	})
}

func (a *app) issueURL(number int) string { return a.site.URL(site.Issue, number) }

type issueSuggestCmd struct {
	which
	listing
	Limit int `help:"At most so many." default:"20"`
}

type suggestionRow struct {
	commentRow
	Reasons []string    `json:"reasons"`
	Why     []reasonRow `json:"why"`
	Notes   []string    `json:"notes"`
}

// reasonRow is a reason with the words of the comment that gave it.
type reasonRow struct {
	Rule   suggest.Rule `json:"rule"`
	Words  string       `json:"words"`
	Weight float64      `json:"weight"`
	Quotes []string     `json:"quotes"`
}

func reasonRows(of digest.Prose, all []suggest.Reason) []reasonRow {
	text := of.Text()
	return rowsOf(all, func(r suggest.Reason) reasonRow {
		return reasonRow{Rule: r.Rule, Words: r.Words, Weight: r.Weight, Quotes: rowsOf(r.Ranges, func(x digest.Range) string { return text[x.Start:x.End] })}
	})
}

// Run lists suggestions.
func (c issueSuggestCmd) Run(ctx context.Context, p *Program, a *app) error {
	found, err := a.desk.Suggestions(ctx, c.ref(), c.Limit)
	if err != nil {
		return err
	}
	return printSuggestions(p, c.JSON, found)
}

// why gives the reasons and notes in one cell.
func (r suggestionRow) why() string {
	var good, cautions []string
	for i, words := range r.Reasons {
		if at := i - (len(r.Reasons) - len(r.Why)); at >= 0 && r.Why[at].Weight < 0 {
			cautions = append(cautions, words)
			continue
		}
		good = append(good, words)
	}
	const room = 90
	words := cell(strings.Join(good, " · "), room)
	if len(cautions) > 0 { // what speaks against is never cut off
		but := cell(strings.Join(cautions, " · "), room/2)
		words = cell(strings.Join(good, " · "), room-utf8.RuneCountInString(but)) + " · But: " + but
	}
	if len(r.Notes) > 0 {
		words += "; " + cell(strings.Join(r.Notes, ", "), 80)
	}
	return words
}

func printSuggestions(p *Program, asJSON bool, found []desk.Suggested) error {
	rows := rowsOf(found, func(x desk.Suggested) suggestionRow {
		row := commentRowOf(digest.ListedComment{Comment: x.Comment, State: digest.CommentNew})
		return suggestionRow{commentRow: row, Reasons: x.Why(), Why: reasonRows(x.Body, x.Reasons), Notes: append([]string{}, x.Notes...)}
	})
	return printList(p, asJSON, rows, "Nothing is suggested. All that was said: postbag comment list", "ID\tWRITER\tWORDS\tREASONS\tWORDS BEGIN", func(r suggestionRow) string {
		return fmt.Sprintf("%d\t%s\t%d\t%s\t%s", r.ID, cell(r.Author, 20), r.Words, r.why(), cell(r.Text, 50))
	})
}
