// Package keeping has the desk's pages around an issue: home, the blogs that are
// followed, past issues, readers, settings, and how the installation is. A handler
// calls a use case and shows what it gives; no rule is kept here.
package keeping
