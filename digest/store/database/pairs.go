package database

import "strconv"

// Pairs are pairs of numbers as a statement takes many of them; see Dialect.Pairs.
type Pairs struct{ text []byte }

// Add adds a pair.
func (p *Pairs) Add(a, b int64) {
	p.text = append(p.text, "{,"[min(len(p.text), 1)], '"') // a comma before all but the first
	p.text = append(strconv.AppendInt(p.text, a, 10), '"', ':')
	p.text = strconv.AppendInt(p.text, b, 10)
}

// Object gives them as a JSON object.
func (p *Pairs) Object() string {
	if len(p.text) == 0 {
		return "{}"
	}
	return string(p.text) + "}"
}
