package frame

import (
	"postbag/digest"
	"postbag/digest/dispatch"
	"postbag/subscribers"
	"postbag/templates/screen"
)

// SettleLinks lead to what can be decided about an issue's mails in a state: about one
// reader's, or about all where no id is given.
func (f *Frame) SettleLinks(series string, issue digest.Issue, state subscribers.DeliveryState, reader int64) (all []screen.Link) {
	for _, v := range dispatch.VerdictsOf(issue, state) {
		label := v.Label()
		if reader == 0 {
			label = v.LabelAll()
			if label += " that are in doubt"; state == subscribers.Failed {
				label = v.LabelAll() + " that were refused"
			}
		}
		all = append(all, screen.Link{Label: label, Address: f.Site().Settle(series, issue.Number, string(state), string(v), reader)})
	}
	return all
}
