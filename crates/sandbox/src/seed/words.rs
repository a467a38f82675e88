//! Words for made-up data. No person, company or address here is meant to exist.

pub(super) const FIRST_NAMES: &[&str] = &[
    "Ada", "Amara", "Anil", "Astrid", "Beatriz", "Björn", "Chen", "Chiara", "Dalia", "David", "Elif", "Emeka",
    "Fatima", "Femi", "Gita", "Greta", "Hana", "Hugo", "Ines", "Ivan", "Jamal", "Joanna", "Kaito", "Lena", "Liam",
    "Mateo", "Mira", "Nadia", "Noor", "Olga", "Omar", "Priya", "Quentin", "Rosa", "Samir", "Sofia", "Tariq", "Uma",
    "Viktor", "Yuki",
];

pub(super) const LAST_NAMES: &[&str] = &[
    "Adeyemi",
    "Almeida",
    "Andersson",
    "Bauer",
    "Boyle",
    "Castillo",
    "Cohen",
    "Dubois",
    "Eriksen",
    "Farah",
    "Fischer",
    "García",
    "Haddad",
    "Hughes",
    "Ibrahim",
    "Ito",
    "Jansen",
    "Kaya",
    "Khan",
    "Kowalski",
    "Larsen",
    "Lindqvist",
    "Mbeki",
    "Moreau",
    "Nakamura",
    "Novak",
    "Okafor",
    "Oliveira",
    "Patel",
    "Petrov",
    "Quinn",
    "Rao",
    "Rossi",
    "Schmidt",
    "Silva",
    "Tanaka",
    "Varga",
    "Wang",
    "Yilmaz",
    "Zhou",
];

pub(super) const COMPANIES: &[&str] = &[
    "Harbour Bakery",
    "Northwind Cycles",
    "Juniper Press",
    "Blue Finch Travel",
    "Cedar & Sons",
    "Lumen Optics",
    "Oakfield Dairy",
    "Quarry Street Books",
    "Riverbend Clinic",
    "Saltwater Studios",
    "Tallow Candles",
    "Umbra Textiles",
    "Violet Freight",
    "Willow Homes",
    "Amber Foundry",
    "Beacon Tutors",
    "Copperline Electric",
    "Dune Architects",
    "Elm Tree Nursery",
    "Foxglove Pharmacy",
];

pub(super) const DEPARTMENTS: &[&str] =
    &["Customer Care", "Billing", "Field Service", "Returns", "Partner Support", "Sales", "Onboarding", "Operations"];

pub(super) const PRODUCTS: &[&str] = &[
    "Label Printer 40",
    "Desk Lamp Aurora",
    "Trail Bicycle",
    "Espresso Machine",
    "Standing Desk",
    "Wireless Headset",
    "Water Filter",
    "Garden Shears",
    "Travel Mug",
    "Noise Meter",
    "Folding Chair",
    "Paper Shredder",
];

pub(super) const SUBJECTS: &[&str] = &[
    "Blank pages from the label printer",
    "Invoice shows the wrong address",
    "Cannot sign in after the update",
    "Delivery arrived with a broken box",
    "Question about the yearly plan",
    "Refund has not come yet",
    "The app closes when I add a photo",
    "Please change the name on our account",
    "Two charges for one order",
    "Where is my parcel?",
    "The filter light stays red",
    "Need a copy of the contract",
    "Spare part for the lamp",
    "Export has no headings",
    "Password mail never arrives",
    "Wrong colour delivered",
];

pub(super) const SENTENCES: &[&str] = &[
    "It began on Monday and has not stopped since.",
    "We have tried it on two machines with the same result.",
    "Please call back in the afternoon.",
    "A picture of it is attached.",
    "The customer has been told.",
    "Nothing else was changed that day.",
    "It works again after a restart, for an hour or so.",
    "They would like an answer this week.",
    "The order number is on the second page.",
    "Thank you for looking into it.",
];

/// Cities with what they lie in.
pub(super) const CITIES: &[(&str, &str, &str)] = &[
    ("Porto", "Norte", "Portugal"),
    ("Ghent", "East Flanders", "Belgium"),
    ("Chennai", "Tamil Nadu", "India"),
    ("Austin", "Texas", "United States"),
    ("Leeds", "West Yorkshire", "United Kingdom"),
    ("Kyoto", "Kyoto", "Japan"),
    ("Lagos", "Lagos State", "Nigeria"),
    ("Toronto", "Ontario", "Canada"),
    ("Perth", "Western Australia", "Australia"),
    ("Lyon", "Rhône", "France"),
    ("Graz", "Styria", "Austria"),
    ("Recife", "Pernambuco", "Brazil"),
];

pub(super) const STREETS: &[&str] = &[
    "Mill Lane",
    "Station Road",
    "Harbour Street",
    "Orchard Avenue",
    "Church Row",
    "Market Square",
    "Bridge Street",
    "Park Road",
];

pub(super) const INDUSTRIES: &[&str] = &[
    "Food",
    "Publishing",
    "Logistics",
    "Health",
    "Education",
    "Energy",
    "Textiles",
    "Real Estate",
    "Travel",
    "Manufacturing",
];

pub(super) const TITLES: &[&str] = &[
    "Head of Facilities",
    "Office Manager",
    "Accountant",
    "Store Manager",
    "Founder",
    "Engineer",
    "Buyer",
    "Receptionist",
];

pub(super) const FILES: &[&str] =
    &["invoice.pdf", "photo.jpg", "contract.pdf", "screenshot.png", "report.csv", "notes.txt"];

pub(super) const WORDS: &[&str] =
    &["amber", "birch", "cobalt", "delta", "ember", "fjord", "grove", "hazel", "indigo", "jade", "kelp", "lilac"];

/// Languages as paths have them.
pub(super) const LANGUAGE_CODES: &[&str] =
    &["en", "de", "es", "fr", "it", "pt", "nl", "sv", "pl", "tr", "ja", "zh", "ko", "ar", "he", "hi", "da", "fi"];

pub(super) const LANGUAGES: &[&str] = &["English", "French", "German", "Hindi", "Portuguese", "Spanish", "Japanese"];

pub(super) const PRIORITIES: &[&str] = &["Low", "Medium", "High"];

pub(super) const CHANNELS: &[&str] = &["Email", "Phone", "Web", "Chat"];

pub(super) const CATEGORIES: &[&str] = &["General", "Hardware", "Billing", "Delivery", "Account", "Feedback"];

pub(super) const ROLES: &[&str] = &["Manager", "Team Lead", "Specialist", "Trainee"];

pub(super) const ITEM_TYPES: &[&str] = &["Story", "Task", "Bug"];

pub(super) const LEDGER: &[&str] = &[
    "Sales",
    "Office Supplies",
    "Travel Expense",
    "Petty Cash",
    "Bank Charges",
    "Cost of Goods Sold",
    "Rent Expense",
    "Undeposited Funds",
];

/// What records are called whose type ends so.
pub(super) const NAMES: &[(&str, &[&str])] = &[
    ("workspace", COMPANIES),
    ("deleted", SUBJECTS),
    ("trashed", SUBJECTS),
    ("space", &["My Folders"]),
    ("teamfolder", &["Marketing", "Finance", "Product", "Support"]),
    ("profile", &["Administrator", "Standard", "Light User", "Read Only"]),
    ("role", ROLES),
    (
        "tag",
        &["printer", "warranty", "urgent", "returned", "invoice", "newsletter", "partner", "trade show", "spare part"],
    ),
    ("label", &["Quotes", "Invoices", "Travel", "Family", "To read"]),
    ("field", &["Order Number", "Serial Number", "Colour", "Warranty Until", "Delivery Note", "Reference"]),
    ("view", &["All", "Mine", "Unassigned", "Overdue", "Closed this week"]),
    ("category", &["Getting started", "Accounts", "Shipping", "Repairs"]),
    ("layout", &["Standard", "Short", "Returns", "Wholesale"]),
    ("section", &["Details", "Address", "More"]),
    ("itemtype", ITEM_TYPES),
    ("itemstatus", &["To do", "In progress", "In review", "Done"]),
    ("status", &["To do", "In progress", "In review", "Done"]),
    ("priority", PRIORITIES),
    ("leavetype", &["Annual Leave", "Sick Leave", "Unpaid Leave", "Parental Leave"]),
    ("requesttype", &["Contract", "Offer", "Non-disclosure", "Other"]),
    ("folder", &["Contracts", "Invoices", "Archive", "Travel", "Projects"]),
    ("project", &["Web Shop", "Warehouse Move", "New Brochure", "Payments"]),
    ("proj", &["Web Shop", "Warehouse Move", "New Brochure", "Payments"]),
    ("task", &["Write the draft", "Call the supplier", "Check the figures", "Pack the samples"]),
    ("job", &["Installation", "Maintenance", "Training"]),
    ("location", &["Head Office", "Warehouse", "Shop"]),
    ("tax", &["Standard Tax", "Reduced Tax"]),
    ("application", &["Order Management", "Visitor Log", "Stock Take"]),
    ("page", &["Dashboard", "Overview", "Help"]),
    ("webhook", &["Ticket changes", "New contacts", "Nightly report"]),
];
