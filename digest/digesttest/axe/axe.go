// Package axe holds axe-core, by which tests in a browser look for pages that some
// people cannot use. Only tests import it.
package axe

import _ "embed"

// Script is axe-core 4.14.1, of the npm package of that name, under the Mozilla Public
// License 2.0 (see LICENSE). Run in a page it defines the function axe.run.
//
//go:embed axe.min.js
var Script string
