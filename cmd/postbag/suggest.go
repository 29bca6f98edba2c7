package main

import (
	"context"
	"fmt"
	"slices"

	"postbag/digest/desk"
	"postbag/digest/suggest"
)

// suggestCmd groups the commands about the rules for suggestions.
type suggestCmd struct {
	List   suggestListCmd   `cmd:"" help:"List the rules: which are on, how often each was right, and what was learned."`
	On     suggestOnCmd     `cmd:"" help:"Switch a rule on."`
	Off    suggestOffCmd    `cmd:"" help:"Switch a rule off: it gives no reasons and weighs nothing."`
	Forget suggestForgetCmd `cmd:"" help:"Forget what was learned from the picks: all rules weigh again what they did at the start."`
}

type suggestListCmd struct {
	inSeries
	listing
}

type ruleRow struct {
	Rule   suggest.Rule `json:"rule"`
	Name   string       `json:"name"`
	Says   string       `json:"says"`
	On     bool         `json:"on"`
	Fired  int          `json:"fired"`
	Right  int          `json:"right"`
	Shown  int          `json:"shown"`
	Picked int          `json:"picked"`
	Start  float64      `json:"start_weight"`
	Weight float64      `json:"weight"`
	Help   bool         `json:"help"` // it orders nothing
	change string
}

// Run lists the rules.
func (c suggestListCmd) Run(ctx context.Context, p *Program, a *app) error {
	tuned, err := a.desk.Tuned(ctx, c.Series)
	if err != nil {
		return err
	}
	rows := rowsOf(slices.Concat(tuned.Rules, tuned.Helps), func(s desk.Standing) ruleRow {
		return ruleRow{Rule: s.Rule, Name: s.Rule.Name(), Says: s.Rule.Says(), On: s.On, Fired: s.Fired, Right: s.Right, Shown: tuned.Shown, Picked: tuned.Picked,
			Start: s.Start, Weight: s.Weight, Help: slices.Contains(suggest.AllHelps(), s.Rule), change: s.Change()}
	})
	err = printList(p, c.JSON, rows, "", "RULE\tON\tRIGHT\tWEIGHT\tLEARNED\tLOOKS FOR", func(r ruleRow) string {
		is := "off"
		if r.On {
			is = "on"
		}
		if r.Help {
			return fmt.Sprintf("%s\t%s\t\t\t\t%s", r.Rule, is, cell(r.Says, 90))
		}
		return fmt.Sprintf("%s\t%s\t%d of %d\t%.1f\t%s\t%s", r.Rule, is, r.Right, r.Fired, r.Weight, r.change, cell(r.Says, 90))
	})
	if err != nil || c.JSON {
		return err
	}
	_, err = fmt.Fprintf(p.Stdout, "\nOf all comments that were shown %d of %d were picked. %s\n%s\n", tuned.Picked, tuned.Shown, tuned.Learned(), tuned.Lately)
	return err
}

// switching is what the two switches have in common.
type switching struct {
	inSeries
	Rule suggest.Rule `arg:"" help:"The rule, as suggest list names it."`
}

type (
	suggestOnCmd  struct{ switching }
	suggestOffCmd struct{ switching }
)

// Run switches a rule on.
func (c suggestOnCmd) Run(ctx context.Context, p *Program, a *app) error {
	return c.turn(ctx, p, a, true, "on")
}

// Run switches a rule off.
func (c suggestOffCmd) Run(ctx context.Context, p *Program, a *app) error {
	return c.turn(ctx, p, a, false, "off")
}

func (c switching) turn(ctx context.Context, p *Program, a *app, on bool, is string) error {
	changed, err := a.desk.SwitchRule(ctx, p.by(), c.Series, c.Rule, on)
	if err != nil {
		return err
	}
	already := ""
	if !changed {
		already = " already"
	}
	_, err = fmt.Fprintf(p.Stdout, "“%s” is %s%s.\n", c.Rule.Name(), is, already)
	return err
}

type suggestForgetCmd struct {
	inSeries
	Yes bool `help:"Do not ask."`
}

// Run forgets what was learned.
func (c suggestForgetCmd) Run(ctx context.Context, p *Program, a *app) error {
	tuned, err := a.desk.Tuned(ctx, c.Series)
	if err != nil {
		return err
	}
	if tuned.Shown > 0 {
		fmt.Fprintln(p.Stdout, tuned.Learned(), "It cannot be brought back.")
		if err := p.confirm(c.Yes, "forget what the picks taught"); err != nil {
			return err
		}
	}
	n, err := a.desk.Forget(ctx, p.by(), c.Series)
	if err != nil {
		return err
	}
	said := "Nothing was learned yet."
	if n > 0 {
		said = fmt.Sprintf("What %s taught is forgotten; all rules weigh what they did at the start.", plural(n, "issue"))
	}
	_, err = fmt.Fprintln(p.Stdout, said)
	return err
}
