package subscribers

import (
	"fmt"
	"strings"
)

// Audience counts the readers by what they asked for.
type Audience struct {
	Every   int // get every issue
	Monthly int // get a month's last one only
	Pending int // have not confirmed yet
}

// Readers counts who gets an issue.
func (a Audience) Readers(lastOfMonth bool) int {
	if lastOfMonth {
		return a.Every + a.Monthly
	}
	return a.Every
}

// Who says in a sentence who gets an issue: "412 readers: 388 get every issue, 24 only
// the month's last, and this is it."
func (a Audience) Who(lastOfMonth bool) string {
	n := a.Readers(lastOfMonth)
	switch {
	case n == 0:
		return "No reader gets it."
	case a.Monthly == 0:
		return count(n, "reader gets it.", "readers get it.")
	case lastOfMonth && a.Every == 0:
		return count(n, "reader gets it, who wants", "readers get it, who want") + " only the month's last, and this is it."
	case lastOfMonth:
		return fmt.Sprintf("%s: %s every issue, %d only the month's last, and this is it.", count(n, "reader", "readers"), count(a.Every, "gets", "get"), a.Monthly)
	}
	return count(n, "reader gets it, who wants", "readers get it, who want") + " every issue."
}

// Others says in a sentence who gets nothing, and is "" where there is nobody.
func (a Audience) Others(lastOfMonth bool) string {
	var parts []string
	if !lastOfMonth && a.Monthly > 0 {
		parts = append(parts, count(a.Monthly, "who wants only the month's last", "who want only the month's last"))
	}
	if a.Pending > 0 {
		parts = append(parts, count(a.Pending, "who has not confirmed", "who have not confirmed"))
	}
	switch {
	case len(parts) == 0:
		return ""
	case len(parts) == 1 && strings.HasPrefix(parts[0], "1 "):
		return parts[0] + " gets nothing."
	case len(parts) == 1:
		return parts[0] + " get nothing."
	}
	last := len(parts) - 1
	return strings.Join(parts[:last], ", ") + " and " + parts[last] + " get nothing."
}

func count(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
