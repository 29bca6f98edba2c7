package main

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	"postbag/digest"
)

// hintLines says what can be done about an error: its hint, then a line with the
// command for each act that it offers.
func hintLines(err error) []string {
	var lines []string
	if hint := digest.HintOf(err); hint != "" {
		lines = strings.Split(hint, "\n")
	}
	for _, act := range digest.ActsOf(err) {
		lines = append(lines, fmt.Sprintf("%s: %s", act.Do.Label(), commandOf(act)))
	}
	return lines
}

// commandOf gives the command that does an act.
func commandOf(a digest.Act) string {
	series := ""
	if a.Series != "" {
		series = " --series " + a.Series
	}
	issue := ""
	if a.Issue != 0 {
		issue = fmt.Sprintf(" %d", a.Issue)
	}
	source, sourceFlag := " ID", " --source ID"
	if a.Source != 0 {
		source, sourceFlag = fmt.Sprintf(" %d", a.Source), fmt.Sprintf(" --source %d", a.Source)
	}
	switch a.Do {
	case digest.AddSource:
		if a.Posts+a.Comments != "" {
			return "postbag source add" + feedFlagsOf(a)
		}
		return "postbag source add " + cmp.Or(a.Name, "URL")
	case digest.ListSources:
		return "postbag source list"
	case digest.ShowSource:
		return "postbag source show" + source
	case digest.ChangeSource:
		return "postbag source set" + source + feedFlagsOf(a)
	case digest.AcceptPage:
		return "postbag pull" + sourceFlag + " --accept"
	case digest.PullNow:
		return "postbag pull"
	case digest.PullAnyway:
		return "postbag pull" + sourceFlag + " --force"
	case digest.PullHistory:
		if a.Source == 0 {
			return "postbag pull --history"
		}
		return "postbag pull" + sourceFlag + " --history"
	case digest.ImportExport:
		return "postbag import FILE"
	case digest.AllowHost:
		return "postbag serve --fetch-allow " + cmp.Or(a.Name, "HOST:PORT")
	case digest.ListPosts:
		return "postbag post list"
	case digest.ListComments:
		return "postbag comment list"
	case digest.OpenDraft:
		return "postbag issue draft" + series
	case digest.ListIssues:
		return "postbag issue list" + series
	case digest.ShowIssue:
		return eachRow(a.Rows, "postbag issue show"+issue+series, "")
	case digest.RemoveRows:
		return eachRow(a.Rows, "postbag issue edit"+issue+series, " --remove")
	case digest.AcceptRows:
		return eachRow(a.Rows, "postbag issue edit"+issue+series, " --restore")
	case digest.ReopenIssue:
		return "postbag issue reopen" + issue + series
	case digest.ApproveIssue:
		return "postbag issue approve" + issue + series
	case digest.PublishIssue:
		return "postbag issue publish" + issue + series
	case digest.SendIssue:
		return "postbag issue send" + issue + series
	case digest.SendAnyway:
		return "postbag issue send" + issue + series + " --anyway"
	case digest.ResumeIssue:
		return "postbag issue resume" + issue + series
	case digest.CancelIssue:
		return "postbag issue cancel" + issue + series
	case digest.SkipIssue:
		return "postbag issue skip" + issue + series
	case digest.IssueHistory:
		return "postbag issue history" + issue + series
	case digest.ListDuties:
		return "postbag schedule list"
	case digest.ShowHold:
		return "postbag sending"
	case digest.ReleaseHold:
		return "postbag sending release"
	case digest.AddSubscriber:
		return "postbag subscriber add EMAIL"
	case digest.StartServe:
		return "postbag serve"
	case digest.OtherDatabase:
		return "postbag --db NAME"
	}
	return "postbag help"
}

// eachRow writes a command once for every row, the last row first: what is taken
// out moves the rows below it up.
func eachRow(rows []int, command, flags string) string {
	if len(rows) == 0 {
		return command
	}
	var all []string
	for i := len(rows) - 1; i >= 0; i-- {
		all = append(all, fmt.Sprintf("%s --row %d%s", command, rows[i], flags))
	}
	return strings.Join(all, "; ")
}

// feedFlagsOf names the feeds of an act.
func feedFlagsOf(a digest.Act) string {
	flags := ""
	if a.Posts != "" {
		flags += " --posts " + quoted(a.Posts)
	}
	if a.Comments != "" {
		flags += " --comments " + quoted(a.Comments)
	}
	return flags
}

var plainWord = regexp.MustCompile(`^[A-Za-z0-9@%+=:,./_-]+$`)

// quoted writes an address as a word for the shell.
func quoted(address string) string {
	if plainWord.MatchString(address) {
		return address
	}
	return "'" + strings.ReplaceAll(address, "'", "%27") + "'"
}
