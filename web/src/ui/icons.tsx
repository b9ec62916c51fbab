/** Line icons on a 16-unit grid. Decoration only: the word or the label beside them carries the meaning. */

import type { ReactNode } from "react";

export interface IconProps {
  readonly size?: number;
}

const icon = (body: ReactNode) =>
  function Icon({ size = 16 }: IconProps) {
    return (
      <svg width={size} height={size} viewBox="0 0 16 16" fill="none" stroke="currentColor" strokeWidth={1.25} strokeLinecap="round" strokeLinejoin="round" aria-hidden="true" focusable="false">
        {body}
      </svg>
    );
  };

export const FlaskIcon = icon(<path d="M6 2h4M6.7 2v4.4L3.2 13a.7.7 0 0 0 .6 1h8.4a.7.7 0 0 0 .6-1L9.3 6.4V2M4.7 10.5h6.6" />);
export const JobsIcon = icon(<><rect x="3" y="2" width="10" height="12" rx="1.5" /><path d="M5.8 5.5h4.4M5.8 8h2M7 11l1.2 1.2L10.5 10" /></>);
export const SunIcon = icon(<><circle cx="8" cy="8" r="2.7" /><path d="M8 1.6v1.3M8 13.1v1.3M1.6 8h1.3M13.1 8h1.3M3.5 3.5l.9.9M11.6 11.6l.9.9M12.5 3.5l-.9.9M4.4 11.6l-.9.9" /></>);
export const MoonIcon = icon(<path d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8Z" />);
export const ScreenIcon = icon(<><rect x="2" y="3" width="12" height="8" rx="1.2" /><path d="M6 13.5h4" /></>);
export const ChevronIcon = icon(<path d="m4.5 6.5 3.5 3.5 3.5-3.5" />);
export const ChevronRightIcon = icon(<path d="m6.5 4.5 3.5 3.5-3.5 3.5" />);
export const CheckIcon = icon(<path d="m3 8.5 3.2 3.2L13 5" />);
export const CrossIcon = icon(<path d="m4 4 8 8M12 4l-8 8" />);
export const WarnIcon = icon(<><path d="M8 2.3 14.3 13.2H1.7L8 2.3ZM8 6.5v3.2" /><path d="M8 11.5v.01" strokeWidth={1.7} /></>);
export const InfoIcon = icon(<><circle cx="8" cy="8" r="6" /><path d="M8 7.3V11" /><path d="M8 5v.01" strokeWidth={1.7} /></>);
export const CopyIcon = icon(<><rect x="5.5" y="5.5" width="8" height="8" rx="1.5" /><path d="M10.5 5.5V3.8A1.3 1.3 0 0 0 9.2 2.5H3.8a1.3 1.3 0 0 0-1.3 1.3v5.4a1.3 1.3 0 0 0 1.3 1.3h1.7" /></>);
export const EditIcon = icon(<path d="m3 10.5-.5 3 3-.5 7.3-7.3a1.3 1.3 0 0 0 0-1.8l-.7-.7a1.3 1.3 0 0 0-1.8 0L3 10.5Z" />);
export const StopIcon = icon(<rect x="3.5" y="3.5" width="9" height="9" rx="1" />);
export const ArrowUpIcon = icon(<path d="M8 13V3.5M4 7l4-4 4 4" />);
export const TableIcon = icon(<><rect x="2.5" y="2.5" width="11" height="11" rx="1" /><path d="M2.5 6h11M6.5 6v7.5M2.5 9.8h11" /></>);
export const DownloadIcon = icon(<path d="M8 2.5V10M5 7.3 8 10.3l3-3M2.5 11.5v1a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-1" />);
export const ImageIcon = icon(<><rect x="2.5" y="3" width="11" height="10" rx="1" /><path d="m3 11.5 3.3-3.3 2.4 2.4L10.5 9l3 3" /><circle cx="10.3" cy="6" r=".9" /></>);
export const ExpandIcon = icon(<path d="M2.5 6V3.5a1 1 0 0 1 1-1H6M10 2.5h2.5a1 1 0 0 1 1 1V6M13.5 10v2.5a1 1 0 0 1-1 1H10M6 13.5H3.5a1 1 0 0 1-1-1V10" />);
export const ReportIcon = icon(<><path d="M9.5 1.8H4.2a1 1 0 0 0-1 1v10.4a1 1 0 0 0 1 1h7.6a1 1 0 0 0 1-1V5.1L9.5 1.8Z" /><path d="M9.3 2v3.3h3.3M5.7 8h4.6M5.7 10.7h4.6" /></>);
export const BackIcon = icon(<path d="M9.5 3.5 5 8l4.5 4.5" />);
export const CompareIcon = icon(<><rect x="2.5" y="2.5" width="11" height="11" rx="1.2" /><path d="M8 2.5v11" /></>);
export const FunctionIcon = icon(<path d="M2.2 12.9c1.5.6 2.3-.2 2.7-1.9l1.5-6.6c.4-1.6 1.2-2.2 2.5-1.6M3.6 6.8h4M9.6 7.8l4 4.7M13.6 7.8l-4 4.7" />);
export const DatabaseIcon = icon(<><ellipse cx="8" cy="3.9" rx="5" ry="1.9" /><path d="M3 3.9v8.2c0 1 2.2 1.9 5 1.9s5-.9 5-1.9V3.9M3 8c0 1 2.2 1.9 5 1.9S13 9 13 8" /></>);
export const EditorIcon = icon(<path d="M5.2 4.5 1.8 8l3.4 3.5M10.8 4.5 14.2 8l-3.4 3.5M9.2 3 6.8 13" />);
export const ShieldIcon = icon(<path d="M8 1.8 13 3.5v4.2c0 3-2 5.3-5 6.5-3-1.2-5-3.5-5-6.5V3.5L8 1.8Z" />);
export const SettingsIcon = icon(<><circle cx="8" cy="8" r="2.1" /><path d="M6.9 1.9h2.2l.4 1.8 1.1.6 1.8-.6 1.1 1.9-1.4 1.2v1.3l1.4 1.3-1.1 1.9-1.8-.6-1.1.6-.4 1.8H6.9l-.4-1.8-1.1-.6-1.8.6-1.1-1.9 1.4-1.3V6.8L2.5 5.6l1.1-1.9 1.8.6 1.1-.6.4-1.8Z" /></>);
export const HelpIcon = icon(<><circle cx="8" cy="8" r="6" /><path d="M6.2 6.3A1.9 1.9 0 0 1 8 4.9c1 0 1.8.7 1.8 1.6 0 1.2-1.8 1.4-1.8 2.5" /><path d="M8 11.2v.01" strokeWidth={1.7} /></>);
export const UserIcon = icon(<><circle cx="8" cy="8" r="6" /><circle cx="8" cy="6.5" r="1.9" /><path d="M4.2 12.4c.6-1.6 2-2.5 3.8-2.5s3.2.9 3.8 2.5" /></>);
export const MoreIcon = icon(<path d="M3.5 8v.01M8 8v.01M12.5 8v.01" strokeWidth={2} />);
export const MenuIcon = icon(<path d="M2.5 4h11M2.5 8h11M2.5 12h11" />);
export const SearchIcon = icon(<><circle cx="7" cy="7" r="4.3" /><path d="m10.3 10.3 3.4 3.4" /></>);
export const CandlesIcon = icon(<><path d="M4.5 2v2M4.5 10v3.5M11.5 3v3M11.5 11.5V14" /><rect x="3" y="4" width="3" height="6" rx=".5" /><rect x="10" y="6" width="3" height="5.5" rx=".5" fill="currentColor" /></>);
export const PlusIcon = icon(<path d="M8 3v10M3 8h10" />);
export const RefreshIcon = icon(<path d="M13.2 6.5A5.5 5.5 0 0 0 3.4 5M2.8 9.5A5.5 5.5 0 0 0 12.6 11M3.2 2.3V5h2.7M12.8 13.7V11h-2.7" />);
export const HistoryIcon = icon(<path d="M2.6 6.5A5.6 5.6 0 1 1 2.5 9M2.5 3.4v3.2h3.2M8 5v3.2l2.2 1.3" />);
export const UploadIcon = icon(<path d="M8 10V2.7M5 5.5l3-3 3 3M2.5 11.5v1a1 1 0 0 0 1 1h9a1 1 0 0 0 1-1v-1" />);
export const LockIcon = icon(<><rect x="3.5" y="7" width="9" height="6.5" rx="1.2" /><path d="M5.5 7V5.2a2.5 2.5 0 0 1 5 0V7M8 9.6v1.3" /></>);
export const UnlockIcon = icon(<><rect x="3.5" y="7" width="9" height="6.5" rx="1.2" /><path d="M5.5 7V5.2a2.5 2.5 0 0 1 4.8-1M8 9.6v1.3" /></>);
export const BranchIcon = icon(<><circle cx="4.5" cy="3.8" r="1.4" /><circle cx="4.5" cy="12.2" r="1.4" /><circle cx="11.5" cy="3.8" r="1.4" /><path d="M4.5 5.2v5.6M11.5 5.2v1.3c0 1.8-1.2 2.4-3 2.8-2 .4-3.6.7-4 1.5" /></>);
export const TrashIcon = icon(<path d="M2.8 4.3h10.4M6.3 4.3V2.8h3.4v1.5M4 4.3l.6 9h6.8l.6-9M6.7 7v3.7M9.3 7v3.7" />);
export const PlayIcon = icon(<path d="m5 3 7.5 5L5 13V3Z" />);
export const FoldIcon = icon(<><rect x="2.5" y="3" width="11" height="10" rx="1.2" /><path d="M6.2 3v10M11 6.3 9.3 8l1.7 1.7" /></>);
export const UnfoldIcon = icon(<><rect x="2.5" y="3" width="11" height="10" rx="1.2" /><path d="M6.2 3v10M9.3 6.3 11 8 9.3 9.7" /></>);
export const MessageIcon = icon(<path d="M2.5 3.5a1 1 0 0 1 1-1h9a1 1 0 0 1 1 1v6.8a1 1 0 0 1-1 1H7l-3 2.4v-2.4h-.5a1 1 0 0 1-1-1V3.5Z" />);
export const SlidersIcon = icon(<><path d="M4 2.5v4.2M4 9.8v3.7M8 2.5v1.7M8 7.3v6.2M12 2.5v5.7M12 11.3v2.2" /><circle cx="4" cy="8.2" r="1.5" /><circle cx="8" cy="5.7" r="1.5" /><circle cx="12" cy="9.8" r="1.5" /></>);
