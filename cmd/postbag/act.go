package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"postbag/digest"
	"postbag/digest/lazyregexp"
)

// hintLines says what can be done about an error: its hint, then a line with the
// command for each act that it offers.
func hintLines(err error) []string { return hintsBy(err, commandOf) }

func hintsBy(err error, commandOf func(digest.Act) string) []string {
	var lines []string
	if hint := digest.HintOf(err); hint != "" {
		lines = strings.Split(hint, "\n")
	}
	for _, act := range digest.ActsOf(err) {
		lines = append(lines, fmt.Sprintf("%s: %s", act.Do.Label(), commandOf(act)))
	}
	return lines
}

// commandOf gives the command that does an act. A host is let through by running the
// same command again, with those that are let through already.
func (p *Program) commandOf(a digest.Act) string {
	if a.Do != digest.AllowHost || p.ran == "" {
		return commandOf(a)
	}
	return fmt.Sprintf("postbag %s --fetch-allow %s", p.ran, quoted(strings.Join(append(slices.Clone(p.allowed), a.Name), ",")))
}

// commands are the commands that do acts, without the program's name. What is in
// braces stands for the act's subject: an argument, a flag, or nothing where it may
// be left out.
var commands = map[digest.Deed]string{
	digest.AddSource:      "source add{blog}",
	digest.ListSources:    "source list",
	digest.ShowSource:     "source show{source}",
	digest.ChangeSource:   "source set{source}{feeds}",
	digest.AcceptPage:     "pull{--source} --accept",
	digest.PullNow:        "pull",
	digest.PullAnyway:     "pull{--source} --force",
	digest.PullHistory:    "pull{of source} --history",
	digest.ImportExport:   "import FILE",
	digest.AllowHost:      "serve --fetch-allow{host}",
	digest.ListPosts:      "post list",
	digest.ListComments:   "comment list",
	digest.OpenDraft:      "issue draft{series}",
	digest.ListIssues:     "issue list{series}",
	digest.ShowIssue:      "issue show{issue}{row}",
	digest.RemoveRows:     "issue edit{issue}{row} --remove",
	digest.AcceptRows:     "issue update{issue}{row}",
	digest.KeepRows:       "issue keep{issue}{row}",
	digest.ComparePick:    "issue show{issue}{row}",
	digest.TrimPick:       "issue show{issue}{row}",
	digest.ReadIssue:      "issue suggest{issue}",
	digest.ArrangeIssue:   "issue edit{issue} --title TITLE",
	digest.CheckIssue:     "issue check{issue}",
	digest.AskBlogs:       "issue check{issue} --ask",
	digest.EndMail:        "issue edit{issue} --mail-ends ROW",
	digest.AddTerm:        "series glossary{term}",
	digest.ReopenIssue:    "issue reopen{issue}",
	digest.ApproveIssue:   "issue approve{issue}",
	digest.PublishIssue:   "issue publish{issue}",
	digest.SendIssue:      "issue send{issue}",
	digest.SendAnyway:     "issue send{issue} --anyway",
	digest.HoldIssue:      "issue hold{issue}",
	digest.PauseIssue:     "issue pause{issue}",
	digest.ResumeIssue:    "issue resume{issue}",
	digest.CancelIssue:    "issue cancel{issue}",
	digest.SkipIssue:      "issue pass{issue}",
	digest.IssueHistory:   "issue history{issue}",
	digest.ListDuties:     "schedule list",
	digest.ShowHold:       "sending",
	digest.ReleaseHold:    "sending release",
	digest.GiveUpUnsent:   "sending release --unsent=uncertain",
	digest.SendUnsent:     "sending release --unsent=send",
	digest.ImportGoodRows: "subscriber import --skip-invalid FILE",
	digest.ImportAsLeft:   "subscriber import --as unsubscribed FILE",
	digest.NameColumn:     "subscriber import{columns} FILE",
	digest.NameCharset:    "subscriber import --charset NAME FILE",
	digest.AddSubscriber:  "subscriber add EMAIL",
	digest.ChangeSeries:   "series set",
	digest.SignInAct:      "editor link{editor}",
	digest.ListEditors:    "editor list",
	digest.AddEditor:      "editor add{editor}",
	digest.LinkEditor:     "editor link{editor}",
	digest.StartServe:     "serve",
	digest.OtherDatabase:  "--db NAME",
}

// commandOf gives the command that does an act. One for several rows is written once
// for each, the last row first: what is taken out moves the rows below it up.
func commandOf(a digest.Act) string {
	given := func(before string, is bool, subject any, open string) string {
		if is {
			open = fmt.Sprint(before, subject)
		}
		return open
	}
	series := given(" --series ", a.Series != "", a.Series, "")
	feeds := given(" --posts ", a.Posts != "", quoted(a.Posts), "") + given(" --comments ", a.Comments != "", quoted(a.Comments), "")
	rows := a.Rows
	if len(rows) == 0 {
		rows = []int{0}
	}
	columns := " --map " + word(cmp.Or(a.Name, "COLUMN=FIELD"))
	for _, name := range a.Names {
		columns += " --map " + word(name)
	}
	var all []string
	for i := len(rows) - 1; i >= 0; i-- {
		all = append(all, "postbag "+strings.NewReplacer(
			"{series}", series,
			"{issue}", given(" ", a.Issue != 0, a.Issue, "")+series,
			"{row}", given(" --row ", rows[i] != 0, rows[i], ""),
			"{source}", given(" ", a.Source != 0, a.Source, " ID"),
			"{--source}", given(" --source ", a.Source != 0, a.Source, " --source ID"),
			"{of source}", given(" --source ", a.Source != 0, a.Source, ""),
			"{feeds}", feeds,
			"{editor}", " "+word(cmp.Or(a.Name, "EMAIL")),
			"{blog}", cmp.Or(feeds, " "+cmp.Or(a.Name, "URL")),
			"{columns}", columns,
			"{term}", " "+word(cmp.Or(a.Name, "TERM")),
			"{host}", " "+quoted(cmp.Or(a.Name, "HOST:PORT")),
		).Replace(commands[a.Do]))
	}
	return strings.Join(all, "; ")
}

var plainWord = lazyregexp.New(`^[A-Za-z0-9@%+=:,./_-]+$`)

// word writes any text as one word for the shell.
func word(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	return "'" + strings.ReplaceAll(printable(text), "'", `'\''`) + "'"
}

// quoted writes an address as a word for the shell.
func quoted(address string) string {
	if plainWord.MatchString(address) {
		return address
	}
	return "'" + strings.ReplaceAll(address, "'", "%27") + "'"
}
