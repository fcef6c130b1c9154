// The page's own words. What the bot says comes from the server in the person's language.

const VIETNAMESE = {
  tagline: "Hỏi đáp từ văn bản của phường",
  conversation: "Cuộc trò chuyện",
  messages: "Tin nhắn",
  older: "Xem tin cũ hơn",
  down: "Xem tiếp",
  label: "Câu hỏi của anh/chị",
  placeholder: "Nhập câu hỏi…",
  send: "Gửi",
  other: "English",
  today: "Hôm nay",
  yesterday: "Hôm qua",
  bot: "Bạn Phố trả lời:",
  own: "Anh/chị viết:",
  choices: "Chọn một mục",
  typing: "Bạn Phố đang trả lời…",
  slow: "Lâu hơn thường lệ. Câu trả lời sẽ hiện ở đây ngay khi có.",
  connecting: "Đang kết nối lại…",
  waiting: "Đang chờ gửi",
  fast: "Anh/chị gửi hơi nhanh. Tin nhắn sẽ tự gửi sau vài giây.",
  long: "Tin dài quá 4.000 ký tự. Xin rút ngắn hoặc chia làm nhiều tin.",
  failed: "Không gửi được tin này. Xin viết lại ngắn gọn hơn.",
  attach: "Gửi ảnh hoặc tệp",
  sending: "Đang gửi tệp",
  tooLarge: "Tệp này lớn hơn 10 MB. Anh/chị chọn một bản nhỏ hơn.",
  wrongKind: "Chỉ gửi được ảnh JPEG, PNG và tệp PDF, XLSX, DOCX.",
  emptyFile: "Tệp này không có gì bên trong. Anh/chị chọn tệp khác.",
  tooMany: "Anh/chị gửi nhiều tệp quá. Xin chờ vài phút rồi gửi tiếp.",
  fileNotSent: "Chưa gửi được tệp. Xin chọn lại tệp và gửi lần nữa.",
  files: "Tệp để tải về",
  fileMaking: "Đang làm tệp…",
  fileOver: "Tệp chỉ để ở đây 24 giờ. Cần lại thì anh/chị hỏi lại giúp.",
  fileFailed: "Chưa làm được tệp này. Anh/chị tải lại trang sau ít phút.",
};

const ENGLISH = {
  tagline: "Answers from the ward's own documents",
  conversation: "Conversation",
  messages: "Messages",
  older: "Show older messages",
  down: "Read on",
  label: "Your question",
  placeholder: "Type a question…",
  send: "Send",
  other: "Tiếng Việt",
  today: "Today",
  yesterday: "Yesterday",
  bot: "Bạn Phố answers:",
  own: "You wrote:",
  choices: "Choose one",
  typing: "Bạn Phố is answering…",
  slow: "This takes longer than usual. The answer will appear here as soon as it is ready.",
  connecting: "Connecting again…",
  waiting: "Waiting to be sent",
  fast: "That was a little fast. Your message will be sent in a few seconds.",
  long: "The message is over 4,000 characters. Please shorten it or send it in parts.",
  failed: "This message could not be sent. Please write it again, a little shorter.",
  attach: "Send a photo or file",
  sending: "Sending the file",
  tooLarge: "This file is larger than 10 MB. Please choose a smaller one.",
  wrongKind: "Only JPEG and PNG photos and PDF, XLSX and DOCX files can be sent.",
  emptyFile: "There is nothing in this file. Please choose another one.",
  tooMany: "Those were many files. Please wait a few minutes before sending more.",
  fileNotSent: "The file could not be sent. Please choose it again.",
  files: "Files to download",
  fileMaking: "Making the file…",
  fileOver: "Files stay here for 24 hours. Please ask again if you need it.",
  fileFailed: "This file could not be made. Please reload the page in a few minutes.",
};

const english = /(?:^|;\s*)lang=en/.test(document.cookie);

export const language = english ? "en" : "vi";
export const words = english ? ENGLISH : VIETNAMESE;

export function translatePage() {
  document.documentElement.lang = language;
  for (const element of document.querySelectorAll("[data-word]")) {
    element.textContent = words[element.dataset.word];
  }
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", words[element.dataset.label]);
  }
  for (const element of document.querySelectorAll("[data-title]")) {
    element.title = words[element.dataset.title];
  }
  for (const element of document.querySelectorAll("[data-placeholder]")) {
    element.placeholder = words[element.dataset.placeholder];
  }
}

export function offerOtherLanguage(button) {
  button.textContent = english ? "VI" : "EN";
  button.setAttribute("aria-label", words.other);
  button.title = words.other;
  button.lang = english ? "vi" : "en";
  button.addEventListener("click", () => {
    document.cookie = `lang=${english ? "vi" : "en"}; Path=/; Max-Age=15552000; SameSite=Lax`;
    location.reload();
  });
}
