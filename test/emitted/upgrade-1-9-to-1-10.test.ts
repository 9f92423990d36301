import { describeUpgrade } from './describe-upgrade.js';

describeUpgrade('1.9.5', '1.10.3', 'product');
