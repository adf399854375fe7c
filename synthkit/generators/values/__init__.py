"""Built-in value providers: columns of names, addresses, numbers and prose in 109 locales."""
