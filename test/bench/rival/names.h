/* names.h - the words that the generated people and places are named by. */
#ifndef RIVAL_NAMES_H
#define RIVAL_NAMES_H

/* Most frequent first; what follows a colon are the forms in which friends write it. */
static const char *const male[] = {
	"David:Dave",		"John:Johnny",	   "Michael:Mike,Mick", "James:Jim,Jimmy", "Robert:Bob,Rob",
	"William:Bill,Will", "Thomas:Tom",	   "Daniel:Dan,Danny",	"Christopher:Chris", "Andrew:Andy",
	"Matthew:Matt",		"Richard:Dick,Rick", "Joseph:Joe",		"Anthony:Tony",	   "Stephen:Steve",
	"Paul",				"Mark",			   "Peter:Pete",		"Alexander:Alex",  "Benjamin:Ben",
	"Samuel:Sam",		"Joshua:Josh",	   "George",			"Edward:Ed,Ted",   "Charles:Charlie",
	"Kevin:Kev",		"Brian",		   "Simon",				"Jonathan:Jon",	   "Nicholas:Nick",
	"Timothy:Tim",		"Philip:Phil",	   "Kenneth:Ken",		"Ronald:Ron",	   "Patrick:Pat,Paddy",
	"Gregory:Greg",		"Alan",			   "Adam",				"Luke",			   "Harry",
	"Jack",				"Oliver:Ollie",	   "Henry",				"Frederick:Fred",  "Arthur",
	"Lewis",			"Nathan",		   "Ryan",				"Jacob:Jake",	   "Ethan",
	"Oscar",			"Leo",			   "Noah",				"Callum",		   "Connor",
	"Dylan",			"Craig",		   "Gary",				"Graham",		   "Keith",
	"Colin",			"Derek",		   "Martin",			"Neil",			   "Ian",
	"Stuart",			"Trevor",		   "Walter:Walt",		"Raymond:Ray",	   "Gerald:Gerry",
	"Lawrence:Larry",	"Leonard:Len",	   "Francis:Frank",		"Victor:Vic",	   "Vincent:Vince",
	"Dominic:Dom",		"Gabriel",		   "Isaac",				"Zachary:Zach",	   "Theodore:Theo",
	"Mohammed",			"Ahmed",		   "Ali",				"Omar",			   "Yusuf",
	"Arjun",			"Raj",			   "Sanjay",			"Wei",			   "Marek",
	"Piotr",			"Tomasz",		   "Rhys",				"Owen",			   "Gareth",
	"Duncan",			"Angus",		   "Fergus",			"Liam",			   "Declan"};

static const char *const female[] = {
	"Mary:Molly",		  "Susan:Sue",		"Margaret:Maggie,Peggy", "Sarah:Sally", "Elizabeth:Liz,Betty",
	"Patricia:Pat,Trish", "Jennifer:Jenny", "Linda",				 "Karen",		"Christine:Chris",
	"Emma",				  "Laura",			"Rebecca:Becky",		 "Jessica:Jess", "Catherine:Kate,Cathy",
	"Victoria:Vicky",	  "Charlotte:Lottie", "Amanda:Mandy",		 "Rachel",		"Nicola:Nicky",
	"Deborah:Debbie",	  "Jacqueline:Jackie", "Helen",				 "Julie",		"Angela:Angie",
	"Michelle",			  "Samantha:Sam",	"Alexandra:Alex,Sandra", "Hannah",		"Lucy",
	"Sophie",			  "Olivia:Liv",		"Amelia:Milly",			 "Isabella:Bella", "Emily",
	"Grace",			  "Chloe",			"Eleanor:Ellie,Nell",	 "Katherine:Kathy", "Joanna:Jo",
	"Josephine:Josie",	  "Abigail:Abby",	"Barbara:Barb",			 "Dorothy:Dot",	"Florence:Flo",
	"Frances:Fran",		  "Gillian:Jill",	"Heather",				 "Irene",		"Janet:Jan",
	"Jean",				  "Joan",			"Judith:Judy",			 "Kimberly:Kim", "Lesley",
	"Lorraine",			  "Lynn",			"Maria",				 "Marion",		"Maureen:Mo",
	"Natalie:Nat",		  "Pamela:Pam",		"Pauline",				 "Philippa:Pippa", "Rosemary:Rose",
	"Ruth",				  "Sandra:Sandy",	"Sharon",				 "Sheila",		"Shirley",
	"Stephanie:Steph",	  "Theresa:Terry",	"Tracey",				 "Valerie:Val",	"Veronica:Ronnie",
	"Wendy",			  "Zoe",			"Fatima",				 "Aisha",		"Priya",
	"Anita",			  "Mei",			"Agnieszka",			 "Ewa",			"Sian",
	"Megan:Meg",		  "Bronwen",		"Fiona",				 "Morag",		"Niamh",
	"Ciara",			  "Beatrice:Bea",	"Harriet:Hattie",		 "Imogen",		"Penelope:Penny"};

static const char *const rare_start[] = {"Ada", "Bel", "Cor", "Dar", "El", "Fre", "Gil", "Hel", "Iso", "Jor",
										 "Kal", "Lor", "Mar", "Nor", "Or", "Per", "Ro", "Sel", "Tor", "Val"};
static const char *const rare_male[] = {"dan", "ric", "vin", "win", "bert", "mund", "ton", "ley", "nard", "us"};
static const char *const rare_female[] = {"line", "anna", "etta", "ina", "wyn", "issa", "belle", "ora", "ilda", "ia"};

static const char *const family[] = {
	"Smith",   "Jones",	   "Taylor",   "Brown",	   "Williams", "Wilson",  "Johnson",  "Davies",	  "Robinson", "Wright",
	"Thompson", "Evans",   "Walker",   "White",	   "Roberts",  "Green",	  "Hall",	  "Wood",	  "Jackson",  "Clarke",
	"Patel",   "Khan",	   "Lewis",	   "James",	   "Phillips", "Mason",	  "Mitchell", "Rose",	  "Davis",	  "Cox",
	"Alexander", "Morgan", "Bell",	   "Murphy",   "Kelly",	   "Singh",	  "Begum",	  "Hussain",  "Shah",	  "Ahmed",
	"Cooper",  "Ward",	   "Turner",   "Hill",	   "Moore",	   "Clark",	  "Harrison", "King",	  "Baker",	  "Allen",
	"Morris",  "Scott",	   "Watson",   "Parker",   "Bennett",  "Young",	  "Anderson", "Cook",	  "Shaw",	  "Hughes",
	"Richardson", "Carter", "Collins", "Edwards",  "Foster",   "Gray",	  "Miller",	  "Price",	  "Hunt",	  "Palmer",
	"Chapman", "Mills",	   "Campbell", "Stewart",  "MacDonald", "Reid",	  "Murray",	  "O'Connor", "O'Brien",  "Ryan",
	"Nowak",   "Kowalski", "Chen",	   "Wong",	   "Garcia",   "Rossi",	  "Ali",	  "Kaur",	  "Rahman",	  "Fernandes"};
static const char *const family_start[] = {
	"Ash",	"Barn",	 "Black", "Bram",  "Broad", "Burn",	 "Cald",  "Carl",  "Chad",	"Clay",	 "Cran",  "Cros",
	"Dal",	"Den",	 "Dray",  "East",  "Eld",	"Fair",	 "Farn",  "Fen",   "Gar",	"Gold",	 "Grim",  "Had",
	"Hal",	"Hart",	 "Hazel", "Hey",   "Holl",	"Horn",	 "Kel",	  "Kirk",  "Lang",	"Lin",	 "Long",  "Mal",
	"Mar",	"Mel",	 "Mid",	  "Nether", "New",	"North", "Oak",	  "Old",   "Pem",	"Pick",	 "Rad",	  "Rams",
	"Red",	"Rock",	 "Ros",	  "Rush",  "Sand",	"Shel",	 "Skel",  "South", "Stan",	"Stock", "Sut",	  "Thorn",
	"Tim",	"Under", "Wake",  "Wal",   "West",	"Whit",	 "Win",	  "Wool",  "Wor",	"Yar"};
static const char *const family_end[] = {
	"bourne", "bridge", "brook", "bury",  "by",	   "cliffe", "combe", "cott",  "croft", "dale",	 "den",	   "field",
	"ford",	  "gate",	"grave", "ham",	  "hurst", "ing",	 "land",  "ley",   "low",	"man",	 "mere",   "more",
	"ridge",  "sby",	"shaw",	 "son",	  "stead", "stone",	 "thorpe", "ton",  "wall",	"water", "well",   "wick",
	"wood",	  "worth",	"wright", "yard"};

static const char *const city_end[] = {"ton",  "ford", "ham",	"bury", "chester", "port", "mouth", "field", "bridge",
									   "minster", "by", "wick",	"stead", "pool",   "haven"};
static const char *const street_name[] = {
	"High",	   "Station", "Church", "Victoria", "Green",  "Manor",	"Kings",  "Queens", "Mill",	   "Park",
	"New",	   "Grange",  "London", "North",	"South",  "West",	"East",	  "School", "Chapel",  "Albert",
	"Alma",	   "Beech",	  "Cedar",	"Elm",		"Oak",	  "Poplar", "Willow", "Maple",	"Orchard", "Meadow",
	"Bridge",  "Castle",  "Abbey",	"Priory",	"Market", "Mount",	"Hill",	  "Valley", "River",   "Lake",
	"Windsor", "York",	  "Stanley", "Gordon",	"Clifton", "Milton", "Nelson", "Wellington", "Cromwell", "Russell"};
static const char *const street_kind[][2] = {{"Street", "St"}, {"Road", "Rd"},	 {"Avenue", "Ave"}, {"Lane", "Ln"},
											 {"Close", "Cl"},  {"Drive", "Dr"}, {"Gardens", "Gdns"}, {"Crescent", "Cres"}};

static const char *const provider[] = {"gmail.com", "hotmail.co.uk", "outlook.com", "icloud.com",
									   "btinternet.com", "sky.com", "yahoo.co.uk", "virginmedia.com"};

#define SIZE(list) ((int) (sizeof(list) / sizeof((list)[0])))

#endif
