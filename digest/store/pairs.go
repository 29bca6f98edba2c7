package store

import "strconv"

// pairs are pairs of numbers as a statement takes many of them; see dialect.pairs.
type pairs struct{ text []byte }

// add adds a pair.
func (p *pairs) add(a, b int64) {
	p.text = append(p.text, "{,"[min(len(p.text), 1)], '"') // a comma before all but the first
	p.text = append(strconv.AppendInt(p.text, a, 10), '"', ':')
	p.text = strconv.AppendInt(p.text, b, 10)
}

// object gives them as a JSON object.
func (p *pairs) object() string {
	if len(p.text) == 0 {
		return "{}"
	}
	return string(p.text) + "}"
}
