/** Names of zones that Trino knows, but for those that are UTC by another name. */

/** By the part before the first slash. */
const NAMES: Readonly<Record<string, string>> = {
  Africa: `
    Accra Algiers Abidjan Bamako Addis_Ababa Asmara Asmera Bangui Brazzaville Banjul Bujumbura
    Casablanca Bissau Cairo Blantyre Ceuta Gaborone Djibouti Dar_es_Salaam Dakar Freetown Douala
    El_Aaiun Conakry Kinshasa Harare Johannesburg Kampala Lagos Kigali Juba Khartoum Maputo Lubumbashi
    Luanda Malabo Lome Lusaka Maseru Libreville Niamey Monrovia Nairobi Nouakchott Mogadishu Ndjamena
    Ouagadougou Mbabane Timbuktu Porto-Novo Tunis Sao_Tome Tripoli Windhoek
  `,
  America: `
    Adak Anchorage Antigua Argentina/Cordoba Anguilla Argentina/Catamarca Argentina/Buenos_Aires
    Argentina/ComodRivadavia Araguaina Argentina/Jujuy Argentina/La_Rioja Argentina/Salta
    Argentina/Mendoza Argentina/Rio_Gallegos Argentina/San_Juan Argentina/San_Luis Argentina/Tucuman
    Argentina/Ushuaia Atka Bahia_Banderas Bahia Atikokan Barbados Asuncion Aruba Belem Boise
    Buenos_Aires Cambridge_Bay Campo_Grande Bogota Belize Boa_Vista Blanc-Sablon Chicago Ciudad_Juarez
    Cancun Caracas Chihuahua Catamarca Cayenne Cayman Creston Cuiaba Curacao Cordoba Coral_Harbour
    Costa_Rica Danmarkshavn Dominica Dawson_Creek El_Salvador Eirunepe Denver Detroit Edmonton Dawson
    Godthab Grand_Turk Ensenada Fort_Wayne Goose_Bay Glace_Bay Fort_Nelson Fortaleza Guyana Havana
    Guadeloupe Grenada Guatemala Hermosillo Halifax Guayaquil Indiana/Petersburg Indiana/Knox
    Indiana/Tell_City Indiana/Marengo Indiana/Vincennes Indiana/Winamac Indiana/Indianapolis
    Indiana/Vevay Indianapolis Kentucky/Louisville Juneau Jujuy Kentucky/Monticello Jamaica Iqaluit
    Inuvik Lower_Princes La_Paz Kralendijk Knox_IN Los_Angeles Louisville Maceio Lima Manaus Matamoros
    Managua Menominee Martinique Mazatlan Marigot Mendoza Montreal Merida Montevideo Monterrey
    Metlakatla Moncton Miquelon Mexico_City North_Dakota/Center Nome Noronha New_York Nassau
    North_Dakota/Beulah Nipigon Montserrat North_Dakota/New_Salem Ojinaga Panama Nuuk Paramaribo
    Pangnirtung Phoenix Port-au-Prince Port_of_Spain Rankin_Inlet Porto_Acre Rainy_River Recife
    Puerto_Rico Punta_Arenas Porto_Velho Santarem Rosario Santiago Resolute Regina Rio_Branco
    Santo_Domingo Santa_Isabel St_Kitts St_Johns Scoresbysund St_Barthelemy Shiprock Sitka Sao_Paulo
    St_Lucia Tijuana Tegucigalpa Swift_Current St_Vincent Thule St_Thomas Thunder_Bay Toronto Tortola
    Yakutat Vancouver Winnipeg Yellowknife Whitehorse Virgin
  `,
  Antarctica: `
    Casey McMurdo South_Pole Mawson DumontDUrville Palmer Rothera Davis Macquarie Vostok Syowa Troll
  `,
  Asia: `
    Anadyr Almaty Amman Aden Atyrau Aqtau Ashkhabad Baku Aqtobe Ashgabat Bahrain Baghdad Chita Bangkok
    Brunei Barnaul Beirut Calcutta Bishkek Choibalsan Dubai Dacca Damascus Chungking Colombo Dili
    Chongqing Dhaka Famagusta Hebron Harbin Ho_Chi_Minh Dushanbe Hovd Hong_Kong Gaza Karachi Kamchatka
    Istanbul Jayapura Jakarta Irkutsk Kabul Jerusalem Kashgar Kathmandu Kolkata Khandyga Katmandu
    Krasnoyarsk Kuala_Lumpur Kuching Magadan Manila Macao Kuwait Macau Makassar Muscat Nicosia
    Pontianak Novokuznetsk Qatar Pyongyang Omsk Phnom_Penh Oral Novosibirsk Saigon Seoul Riyadh
    Qostanay Qyzylorda Sakhalin Rangoon Samarkand Shanghai Tbilisi Tel_Aviv Taipei Singapore Tashkent
    Srednekolymsk Tehran Tomsk Tokyo Ulaanbaatar Urumqi Ujung_Pandang Thimbu Thimphu Ulan_Bator
    Yakutsk Yekaterinburg Yerevan Yangon Ust-Nera Vientiane Vladivostok
  `,
  Arctic: `
    Longyearbyen
  `,
  Atlantic: `
    Azores Jan_Mayen Faroe Cape_Verde Canary Madeira Bermuda Faeroe Reykjavik Stanley St_Helena
    South_Georgia
  `,
  Australia: `
    Brisbane Broken_Hill Adelaide ACT Canberra Lord_Howe Hobart Lindeman LHI Currie Eucla Darwin
    Melbourne North Perth Victoria South NSW Queensland Sydney Tasmania West Yancowinna
  `,
  Brazil: `
    Acre DeNoronha West East
  `,
  '': `
    CST6CDT CET Cuba EET Eire Egypt EST5EDT GB GB-Eire Iceland Hongkong Iran Jamaica MET Kwajalein
    Japan Israel Libya NZ-CHAT MST7MDT Navajo NZ PST8PDT PRC Portugal Poland Singapore Turkey ROK W-SU
    WET
  `,
  Canada: `
    Eastern Central Mountain Atlantic Saskatchewan Newfoundland Pacific Yukon
  `,
  Chile: `
    Continental EasterIsland
  `,
  Europe: `
    Astrakhan Belfast Amsterdam Athens Andorra Berlin Bucharest Brussels Bratislava Chisinau Busingen
    Belgrade Budapest Guernsey Helsinki Jersey Gibraltar Dublin Istanbul Copenhagen Isle_of_Man Kiev
    Lisbon Kyiv Kaliningrad London Kirov Ljubljana Luxembourg Minsk Moscow Nicosia Malta Oslo Madrid
    Mariehamn Monaco Podgorica Riga Paris San_Marino Prague Sarajevo Rome Samara Tirane Simferopol
    Skopje Saratov Sofia Tallinn Tiraspol Stockholm Volgograd Ulyanovsk Vaduz Vienna Vatican Uzhgorod
    Warsaw Vilnius Zaporozhye Zagreb Zurich
  `,
  Indian: `
    Antananarivo Chagos Kerguelen Christmas Mahe Comoro Mayotte Mauritius Maldives Cocos Reunion
  `,
  Mexico: `
    BajaSur BajaNorte General
  `,
  Pacific: `
    Chatham Apia Bougainville Auckland Easter Chuuk Gambier Efate Fiji Galapagos Fakaofo Guadalcanal
    Funafuti Enderbury Majuro Guam Honolulu Johnston Kiritimati Kanton Kwajalein Kosrae Nauru
    Marquesas Pago_Pago Norfolk Palau Noumea Midway Niue Pitcairn Tahiti Samoa Pohnpei Ponape
    Rarotonga Saipan Port_Moresby Wallis Tarawa Yap Tongatapu Truk Wake
  `,
  US: `
    Arizona Aleutian Alaska Eastern Hawaii Indiana-Starke Central Mountain Michigan East-Indiana
    Pacific Samoa
  `,
};

/** Every name, as it is written. */
export const ZONE_NAMES: ReadonlySet<string> = new Set(
  Object.entries(NAMES).flatMap(([region, names]) =>
    names
      .trim()
      .split(/\s+/)
      .map(name => (region ? `${region}/${name}` : name)),
  ),
);
