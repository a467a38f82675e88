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

pub(super) const CITIES: &[(&str, &str)] = &[
    ("Porto", "Portugal"),
    ("Ghent", "Belgium"),
    ("Chennai", "India"),
    ("Austin", "United States"),
    ("Leeds", "United Kingdom"),
    ("Kyoto", "Japan"),
    ("Lagos", "Nigeria"),
    ("Toronto", "Canada"),
    ("Perth", "Australia"),
    ("Lyon", "France"),
    ("Graz", "Austria"),
    ("Recife", "Brazil"),
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

pub(super) const LANGUAGES: &[&str] = &["English", "French", "German", "Hindi", "Portuguese", "Spanish", "Japanese"];

pub(super) const PRIORITIES: &[&str] = &["Low", "Medium", "High"];

pub(super) const CHANNELS: &[&str] = &["Email", "Phone", "Web", "Chat"];

pub(super) const CATEGORIES: &[&str] = &["General", "Hardware", "Billing", "Delivery", "Account", "Feedback"];
